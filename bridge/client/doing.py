"""One thing on its way to the bridge, over as many sendings as it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeAlias

from bridge.client.advice import Advice, Step, advise, is_of_a_proxy, problem_of
from bridge.client.answers import Answer
from bridge.client.errors import ClientError, NoAnswer, Revoked, TooLarge
from bridge.client.problem import Problem
from bridge.client.session import Session
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import Request, SignedHead
from bridge.client.transport import Lost
from bridge.client.waits import Waits

# One sending with this head; Lost where no whole answer came.
Send: TypeAlias = Callable[[SignedHead], Awaitable[Answer]]
SWITCHING: Final = 101
# What is tried a second time and not a third.
_ONCE: Final = frozenset({Step.AGAIN, Step.ENDED})
_AT_ONCE: Final = frozenset({Step.NEW_SESSION, Step.ENDED, Step.LEARN_TIME, Step.JUMP, Step.AGAIN})


class Upgraded(NamedTuple):
    session: Session
    # The signature of the very sending that was taken.
    opened_by: str


class Doing:
    def __init__(self, keeper: SessionKeeper, request: Request, send: Send) -> None:
        self._keeper = keeper
        self._request = request
        self._send = send
        self._waits = Waits()
        self._taken: set[Step] = set()
        self._last: ClientError | None = None

    def failure(self, seconds: float) -> ClientError:
        """Return why it was not answered in its time."""
        return self._last or self._keeper.last_failure or NoAnswer(f"Nothing was answered in {seconds:.0f} seconds.")

    async def until_answered(self, limit: asyncio.Timeout) -> Answer:
        answer, _ = await self._until_done(limit)
        return answer

    async def until_upgraded(self, limit: asyncio.Timeout) -> Upgraded:
        """Return who upgraded. Nothing is believed yet: what comes over the stream is sealed."""
        _, upgraded = await self._until_done(limit, is_upgrade=True)
        return upgraded

    async def _until_done(self, limit: asyncio.Timeout, *, is_upgrade: bool = False) -> tuple[Answer, Upgraded]:
        while True:
            session = await self._keeper.session()
            _check_length(self._request, session)
            await self._keeper.turn()
            if session.is_over:
                continue
            head = session.sign(self._request)
            try:
                answer = await self._send(head)
            except Lost as lost:
                self._last = NoAnswer(f"The bridge does not answer: {lost}.")
                await self._pause(0.0, limit)
                continue
            if is_upgrade and answer.status == SWITCHING:
                return answer, Upgraded(session, head.signature)
            problem = problem_of(answer)
            is_proven = session.is_proven(answer, head)
            advice = advise(answer, problem, is_proven=is_proven)
            if advice.step is Step.DONE:
                return answer, Upgraded(session, head.signature)
            self._last = failure = _told(answer, problem, is_proven=is_proven)
            if advice.step is Step.STOP or (advice.step in _ONCE and advice.step in self._taken):
                if isinstance(failure, Revoked):
                    self._keeper.withdraw(failure)
                raise failure
            if advice.step is Step.ENDED:
                # It stops nobody; an opening tells whether the device was meant, if there is time for one.
                self._last = NoAnswer("The session was ended, and no other one was opened in time.")
            await self._follow(advice, answer, problem, session, limit)

    async def _follow(
        self, advice: Advice, answer: Answer, problem: Problem | None, session: Session, limit: asyncio.Timeout
    ) -> None:
        """Prepare the next sending."""
        step = advice.step
        if step in {Step.NEW_SESSION, Step.ENDED}:
            self._keeper.retire(session)
        elif step is Step.LEARN_TIME and answer.time_milliseconds is not None:
            self._keeper.learn_time(answer.time_milliseconds)
        elif step is Step.JUMP and problem is not None and problem.next_number is not None:
            session.jump_to(problem.next_number)
        # What helps is done at once; where it did not help, the next time waits like all else.
        at_once = step in _AT_ONCE and step not in self._taken
        self._taken.add(step)
        if not at_once:
            await self._pause(advice.wait_seconds, limit)

    async def _pause(self, at_least: float, limit: asyncio.Timeout) -> None:
        seconds = self._waits.next_seconds(at_least=at_least)
        ends_at = limit.when()
        if self._last is not None and ends_at is not None and asyncio.get_running_loop().time() + at_least >= ends_at:
            # The time is over before the bridge would listen again; so whoever waits is told now.
            raise self._last
        await asyncio.sleep(seconds)


def _check_length(request: Request, session: Session) -> None:
    most = session.grant.body_bytes
    if len(request.body) > most:
        raise TooLarge(f"The body has {len(request.body)} bytes, and this session may send {most}.")


def _told(answer: Answer, problem: Problem | None, *, is_proven: bool) -> ClientError:
    if is_of_a_proxy(answer.status):
        return NoAnswer(f"The bridge does not answer: something before it says {answer.status}.")
    if problem is not None and is_proven:
        return problem.error()
    if problem is not None and problem.code in {"malformed", "not_proven"}:
        return problem.unproven_error()
    return NoAnswer(
        f"What answered {answer.status} did not show that it is the bridge. It may have restarted, or another "
        "program has its port."
    )
