"""Letters while the mail server is away: they are not even tried, and go when it answers again."""

from typing import Final

from backend.accounts.mail.message import Message
from backend.accounts.mail.sending import MailNotSent, MailSender
from bridge.breakers.breaker import Breaker, BreakerOpen

OPEN_SECONDS: Final = 30.0


class BrokenOffSender:
    """Hands letters on to a sender until that cannot be talked to a few times in a row."""

    def __init__(self, sender: MailSender, breaker: Breaker) -> None:
        self._sender = sender
        self._breaker = breaker

    async def send(self, message: Message) -> None:
        try:
            self._breaker.enter()
        except BreakerOpen as away:
            sentence = f"The mail server did not answer before; it is tried again in {away.seconds:.0f} s."
            raise MailNotSent(sentence, again=True, away=True) from None
        try:
            await self._sender.send(message)
        except MailNotSent as error:
            if error.away:
                self._breaker.failed()
            else:
                self._breaker.succeeded()
            raise
        except BaseException:
            self._breaker.left()
            raise
        self._breaker.succeeded()
