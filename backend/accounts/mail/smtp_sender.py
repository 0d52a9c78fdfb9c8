"""Hands each letter to a mail server, encrypted: links that open accounts do not travel in the clear."""

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

from backend.accounts.mail.message import Message, Sender, as_mail, needs_utf8
from backend.accounts.mail.sending import MailNotSent
from backend.errors import SettingsError
from backend.secret import Secret

_STEP_SECONDS: Final = 15.0
# A server that is slow at each step must not hold a letter for ever.
_LETTER_SECONDS: Final = 60.0
_FOR_GOOD: Final = range(500, 600)


class Encryption(StrEnum):
    """How the way to the mail server is closed."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over, and as whom."""

    host: str
    port: int = 587
    encryption: Encryption = Encryption.STARTTLS
    user: str | None = None
    password: Secret | None = None
    step_seconds: float = _STEP_SECONDS
    letter_seconds: float = _LETTER_SECONDS

    def __post_init__(self) -> None:
        if self.encryption is Encryption.NONE and not _is_loopback(self.host):
            raise SettingsError(
                f"Mail to {self.host} would travel unencrypted; use `starttls` or `tls`. "
                "`none` is for a mail server on this machine."
            )


class SmtpSender:
    """One connection for each letter: they are few, and a connection kept open goes stale."""

    def __init__(self, server: MailServer, sender: Sender, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._tls = tls or ssl.create_default_context()

    async def send(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._server.letter_seconds):
                await self._hand_over(message)
        except SMTPRecipientsRefused as error:
            again = all(one.code not in _FOR_GOOD for one in error.recipients)
            raise self._not_sent("refused the reader's address", again=again) from None
        except SMTPResponseException as error:
            # The server's words may repeat the letter or the sign-in; the code says enough.
            raise self._not_sent(f"answered {error.code}", again=error.code not in _FOR_GOOD) from None
        except SMTPNotSupported:
            raise self._not_sent("cannot take letters to such an address", again=False) from None
        except (SMTPException, OSError, TimeoutError) as error:
            raise self._not_sent(f"could not be talked to ({type(error).__name__})", again=True, away=True) from error

    async def _hand_over(self, message: Message) -> None:
        server = self._server
        connection = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=None if server.password is None else server.password.reveal(),
            timeout=server.step_seconds,
            use_tls=server.encryption is Encryption.TLS,
            start_tls=server.encryption is Encryption.STARTTLS,
            tls_context=None if server.encryption is Encryption.NONE else self._tls,
        )
        async with connection:
            utf8 = needs_utf8(message, self._sender)
            if utf8:
                await connection.ehlo()
                if not connection.supports_extension("smtputf8"):
                    raise SMTPNotSupported("no SMTPUTF8")
            # As bytes of ours: given as a mail, the library would write the headers in its own way.
            await connection.sendmail(
                self._sender.address.wire,
                [message.to.wire],
                as_mail(message, self._sender).as_bytes(),
                mail_options=["SMTPUTF8"] if utf8 else [],
            )

    def _not_sent(self, what: str, *, again: bool, away: bool = False) -> MailNotSent:
        return MailNotSent(f"The mail server {self._server.host}:{self._server.port} {what}.", again=again, away=away)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
