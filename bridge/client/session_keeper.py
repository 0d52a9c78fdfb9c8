"""Keeps a session open: opens the first, renews it in time, and opens another when it has to."""

import asyncio
import logging
from typing import Final

from bridge.client.clock import TOLD_FROM_SECONDS, BridgeClock
from bridge.client.errors import ClientError, NoAnswer, NotKnown, Revoked
from bridge.client.openers import NotNow, Opener
from bridge.client.pacing import Pacer
from bridge.client.session import Session
from bridge.client.transport import Lost
from bridge.client.waits import Waits

_log: Final = logging.getLogger(__name__)
# A renewal gives up when the session that it follows is over; the next request then opens one itself.
RENEWAL_SECONDS: Final = 120.0
_UNAUTHORIZED: Final = 401


class SessionKeeper:
    def __init__(self, opener: Opener, authority: str, clock: BridgeClock, *, is_tls: bool) -> None:
        self._opener = opener
        self._authority = authority
        self._clock = clock
        self._is_tls = is_tls
        self._current: Session | None = None
        self._renewal: asyncio.Task[None] | None = None
        # One opening at a time, whoever waits for it.
        self._turn = asyncio.Lock()
        self._withdrawn: Revoked | None = None
        self._is_told = False
        self._pacer: Pacer | None = None
        self._paced_for = 0
        # Why the last try opened nothing, for whoever runs out of time.
        self.last_failure: ClientError | None = None

    @property
    def current(self) -> Session | None:
        return self._current

    async def session(self) -> Session:
        """Return a session to sign with; what is under way may end in an older one."""
        self._stop_if_withdrawn()
        session = self._usable()
        if session is None:
            async with self._turn:
                # Somebody else may have opened it meanwhile, or been told to stop.
                self._stop_if_withdrawn()
                session = self._usable()
                if session is None:
                    return await self._opened()
        if session.wants_renewal and self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(session))
        return session

    async def after(self, session: Session) -> Session:
        """Return the session that follows this one; it is opened where nobody did so yet."""
        self._stop_if_withdrawn()
        async with self._turn:
            self._stop_if_withdrawn()
            current = self._usable()
            return await self._opened() if current is None or current is session else current

    async def turn(self) -> None:
        """Wait for this client's turn among the requests that it was granted."""
        if self._pacer is not None:
            await self._pacer.turn()

    def learn_time(self, time_milliseconds: int) -> None:
        """Take the time of a proven answer."""
        self._clock.learn(time_milliseconds)
        self._tell_of_the_clock()

    def retire(self, session: Session) -> None:
        """Use this session no more; another one that was opened meanwhile stays."""
        if self._current is session:
            self._current = None

    def withdraw(self, reason: Revoked) -> None:
        """Stop for good: somebody who may has said so."""
        self._current = None
        self._withdrawn = reason

    async def close(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _usable(self) -> Session | None:
        return None if self._current is None or self._current.is_over else self._current

    def _stop_if_withdrawn(self) -> None:
        if self._withdrawn is not None:
            old = self._withdrawn
            raise Revoked(old.sentence, code=old.code, status=old.status, request_id=old.request_id)

    async def _opened(self) -> Session:
        """Try until it is open; whoever waits for it bounds the time."""
        waits = Waits()
        failure: ClientError
        while True:
            try:
                grant = await self._opener.open()
                break
            except Revoked as revoked:
                self.withdraw(revoked)
                raise
            except Lost as lost:
                failure, wait = NoAnswer(f"The bridge does not answer: {lost}."), 0.0
            except NotNow as refusal:
                failure, wait = _failure(refusal), refusal.wait_seconds
            self.last_failure = failure
            await asyncio.sleep(waits.next_seconds(at_least=wait))
        session = Session(grant, self._authority, self._clock, is_tls=self._is_tls)
        if grant.requests_a_minute != self._paced_for:
            self._pacer = Pacer(grant.requests_a_minute, self._clock.now)
            self._paced_for = grant.requests_a_minute
        self.last_failure = None
        self._tell_of_the_clock()
        self._current = session
        return session

    async def _renew(self, session: Session) -> None:
        try:
            async with asyncio.timeout(RENEWAL_SECONDS), self._turn:
                if self._current is session:
                    await self._opened()
        except (ClientError, TimeoutError) as error:
            _log.warning("the session could not be renewed (%s); the next request opens one", error)
        finally:
            self._renewal = None

    def _tell_of_the_clock(self) -> None:
        differs = self._clock.machine_differs_by_seconds
        if abs(differs) > TOLD_FROM_SECONDS and not self._is_told:
            self._is_told = True
            word = "ahead of" if differs > 0 else "behind"
            _log.warning(
                "the clock of this machine is %.0f minutes %s that of the bridge; set it right", abs(differs) / 60, word
            )


def _failure(refusal: NotNow) -> ClientError:
    if refusal.is_unknown:
        return NotKnown(
            "The bridge does not know this device, or another program answers in its place; pair it anew if it was "
            "removed there.",
            code="not_proven",
            status=_UNAUTHORIZED,
        )
    return NoAnswer(f"No session could be opened: {refusal}.")
