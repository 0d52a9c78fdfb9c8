"""One letter, ready to be sent, and the mail it becomes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from backend.accounts.mail.folding import mail_policy
from backend.accounts.signin.email_address import EmailAddress


@dataclass(frozen=True, slots=True)
class Message:
    """A letter to one person. What it says stays out of logs: it may hold a link that opens an account."""

    to: EmailAddress
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the letters come from."""

    address: EmailAddress
    name: str


def as_mail(message: Message, sender: Sender, now: datetime | None = None) -> EmailMessage:
    """Write a letter as mail; the library refuses a line break in any header."""
    mail = EmailMessage(policy=mail_policy(utf8=needs_utf8(message, sender)))
    mail["From"] = _address(sender.address, sender.name)
    mail["To"] = _address(message.to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now or datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=_parts(sender.address)[1])
    # Keeps away answers of holidays and mailing lists (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def needs_utf8(message: Message, sender: Sender) -> bool:
    """Whether an address can only be written in UTF-8, which a server has to know (SMTPUTF8)."""
    return not (message.to.wire.isascii() and sender.address.wire.isascii())


def _address(address: EmailAddress, name: str = "") -> Address:
    # In two parts: given in one, the library refuses letters that are not ASCII before the @.
    local_part, domain = _parts(address)
    return Address(name, local_part, domain)


def _parts(address: EmailAddress) -> tuple[str, str]:
    local_part, _, domain = address.wire.rpartition("@")
    return local_part, domain
