from typing import cast

import pytest

from backend.accounts.mail.message import Message
from backend.accounts.mail.sending import MailNotSent
from bridge.breakers.breaker import Breaker, State
from bridge.breakers.mail import BrokenOffSender

LETTER = cast("Message", "a letter")


class Sender:
    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = None

    async def send(self, message: Message) -> None:
        assert LETTER == message
        self.asked += 1
        if self.error is not None:
            raise self.error


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def breaker() -> Breaker:
    return Breaker("mail", open_seconds=60)


async def send(sender: Sender, breaker: Breaker, times: int) -> list[MailNotSent]:
    refused = []
    for _ in range(times):
        try:
            await BrokenOffSender(sender, breaker).send(LETTER)
        except MailNotSent as error:
            refused.append(error)
    return refused


async def test_letters_go_while_the_server_answers(sender: Sender, breaker: Breaker) -> None:
    assert [] == await send(sender, breaker, 5)
    assert 5 == sender.asked


async def test_a_server_that_cannot_be_talked_to_is_not_asked_for_a_while(sender: Sender, breaker: Breaker) -> None:
    sender.error = MailNotSent("away", again=True, away=True)
    refused = await send(sender, breaker, 6)

    assert (3, State.OPEN) == (sender.asked, breaker.state)
    assert [True] * 6 == [error.again for error in refused]
    assert "tried again in 60 s" in refused[-1].sentence


async def test_a_letter_that_is_refused_says_that_the_server_is_there(sender: Sender, breaker: Breaker) -> None:
    sender.error = MailNotSent("refused the reader's address", again=False)
    await send(sender, breaker, 6)

    assert (6, State.CLOSED) == (sender.asked, breaker.state)


async def test_an_error_of_ours_is_no_failure_of_the_server(sender: Sender, breaker: Breaker) -> None:
    sender.error = RuntimeError("ours")
    for _ in range(4):
        with pytest.raises(RuntimeError):
            await BrokenOffSender(sender, breaker).send(LETTER)

    assert (4, State.CLOSED) == (sender.asked, breaker.state)
