"""What the settings say about accounts: the name of the house, how letters go, which passwords are stolen ones."""

from contextlib import ExitStack
from pathlib import Path
from typing import Final

from backend.accounts.mail.file_sender import FileSender
from backend.accounts.mail.message import Sender
from backend.accounts.mail.notices import House
from backend.accounts.mail.sending import MailSender
from backend.accounts.mail.smtp_sender import Encryption, MailServer, SmtpSender
from backend.accounts.signin import email_address
from backend.accounts.signin.breached import Breached
from bridge.breakers.breakers import Breakers
from bridge.breakers.mail import OPEN_SECONDS, BrokenOffSender
from bridge.settings import Settings

# Nobody can be written to there; letters that are laid as files are handed on by a person.
_NOBODYS_ADDRESS: Final = "bridge@localhost.invalid"


def house(settings: Settings) -> House:
    url = settings.public_url or f"http://localhost:{settings.port}"
    return House(settings.house_name, url)


def mail_sender(settings: Settings, breakers: Breakers) -> MailSender:
    """Return what sends letters: a mail server, or a folder where none is named."""
    sender = Sender(email_address.parse(settings.mail_sender or _NOBODYS_ADDRESS), settings.house_name)
    if settings.mail_host is None:
        return FileSender(settings.mail_folder, sender)
    server = MailServer(
        host=settings.mail_host.strip("[]"),
        port=settings.mail_port,
        encryption=Encryption(settings.mail_encryption),
        user=settings.mail_user,
        password=settings.mail_password,
    )
    return BrokenOffSender(SmtpSender(server, sender), breakers.made("mail", open_seconds=OPEN_SECONDS))


def open_breached(settings: Settings, holding: ExitStack) -> Breached | None:
    if settings.breached_passwords is None:
        return None
    return holding.enter_context(Breached(Path(settings.breached_passwords)))
