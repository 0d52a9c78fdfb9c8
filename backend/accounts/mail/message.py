"""One letter, ready to be sent, and the mail it becomes."""

from dataclasses import dataclass, field
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from datetime import UTC, datetime

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
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(sender.name, addr_spec=sender.address.wire)
    mail["To"] = Address(addr_spec=message.to.wire)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now or datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=sender.address.wire.rpartition("@")[2])
    # Keeps away answers of holidays and mailing lists (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail
