"""What a way to send letters is, and how it says that a letter did not go."""

from typing import Protocol

from backend.accounts.mail.message import Message


class MailNotSent(Exception):
    """The letter did not go; `again` is whether the same letter may go later.

    `away` is whether the way itself is closed, for every letter: nobody could be talked to.
    """

    def __init__(self, sentence: str, *, again: bool, away: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.again = again
        self.away = away


class MailSender(Protocol):
    """Returns when the next one along the way has taken the letter; raises `MailNotSent` otherwise."""

    async def send(self, message: Message) -> None: ...
