"""Follows channels of one bridge over one road, whatever becomes of the connections."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Final

from bridge.client.errors import ClientError, NoAnswer, Revoked, refused
from bridge.client.following.buffer import Closed
from bridge.client.following.events import Event
from bridge.client.following.followed import Followed
from bridge.client.following.items import Bye
from bridge.client.following.road import Ended, Road
from bridge.client.following.table import Table
from bridge.client.session import Session
from bridge.client.session_keeper import SessionKeeper
from bridge.client.transport import Lost
from bridge.client.waits import Waits

# How long whoever broke out of a loop over a channel may take to leave it, before another loop over it is refused.
LEAVING_SECONDS: Final = 1.0
# A stream that held so long was a good one, if nothing came over it too.
GOOD_SECONDS: Final = 60.0
# What is no code of a stream: what it said was refused as a request would be.
_REFUSED: Final = "refused"
_OF_STREAMS: Final = frozenset({"slow", "expired", "revoked", "reconnect", "malformed"})
# What another stream helps against; where it did not, it waits like all else.
_AT_ONCE: Final = frozenset({"slow", "expired", "revoked", _REFUSED})
# After these it takes another session too.
_ENDS_SESSION: Final = frozenset({"expired", "revoked"})
_MALFORMED, _REVOKED = 400, 403
_log: Final = logging.getLogger(__name__)


class Follower:
    def __init__(self, road: Road, keeper: SessionKeeper) -> None:
        self._road = road
        self._keeper = keeper
        self._table = Table()
        self._task: asyncio.Task[None] | None = None
        self._waits = Waits()
        # What the bridge ended streams with since the last good one.
        self._obeyed: set[str] = set()
        # Why the last stream ended.
        self._last: ClientError | None = None

    async def follow(self, channel: str, begin: str, *, begin_seconds: float | None) -> AsyncGenerator[Event, None]:
        """Yield what is said of the channel until whoever reads it stops."""
        followed = Followed(channel, begin)
        await self._enter(followed)
        try:
            await self._begun(followed, begin_seconds)
            while True:
                try:
                    event = await followed.buffer.get()
                except Closed:
                    return
                yield event
        finally:
            followed.end(Closed())
            self._table.remove(followed)

    async def close(self) -> None:
        """End all that is followed; whoever reads gets what waits for them and no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for each in self._table:
            each.end(Closed())

    async def _enter(self, followed: Followed) -> None:
        other = self._table.get(followed.channel)
        if other is not None:
            try:
                async with asyncio.timeout(LEAVING_SECONDS):
                    await other.gone.wait()
            except TimeoutError:
                raise ValueError(f"This client follows {followed.channel} already.") from None
        if len(self._table) >= self._road.most_channels:
            raise ValueError(f"This client follows {self._road.most_channels} channels already, which is the most.")
        self._table.add(followed)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(self._ended)

    async def _begun(self, followed: Followed, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await followed.begun.wait()
        except TimeoutError:
            waited = seconds or 0.0
            failure = self._last or self._road.failure(waited)
            raise failure or NoAnswer(f"The channel did not begin in {waited:.0f} seconds.") from None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while len(self._table):
            began_at, used = loop.time(), self._table.used
            ended: Ended | None = None
            try:
                await self._road.carry(self._table)
                continue
            except Lost as lost:
                self._last = NoAnswer(f"The bridge does not answer: {lost}.")
            except Ended as error:
                ended = error
                self._last = NoAnswer(f"The bridge ended the stream ({ended.bye.code}).")
            if self._table.used > used or loop.time() - began_at >= GOOD_SECONDS:
                self._waits, self._obeyed = Waits(), set()
            wait = self._waits.next_seconds() if ended is None else self._wait_after(ended.bye, ended.session)
            for each in self._table:
                each.lost(self._last.sentence)
            await asyncio.sleep(wait)

    def _wait_after(self, bye: Bye, session: Session) -> float:
        """Return how long to wait before another stream; a ClientError where the bridge has said its last."""
        code = bye.code if bye.code in _OF_STREAMS else _REFUSED
        is_first = code not in self._obeyed
        if code in _ENDS_SESSION or (code == _REFUSED and is_first):
            self._keeper.retire(session)
        if code == "malformed":
            raise refused(bye.detail, code=bye.code, status=_MALFORMED)
        if code == "revoked" and not is_first:
            withdrawn = Revoked(bye.detail, code=bye.code, status=_REVOKED)
            self._keeper.withdraw(withdrawn)
            raise withdrawn
        if code == "reconnect":
            # Drawn by the bridge, for this client alone.
            return bye.retry_after_seconds
        self._obeyed.add(code)
        if code in _AT_ONCE and is_first:
            return bye.retry_after_seconds
        return self._waits.next_seconds(at_least=bye.retry_after_seconds)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Tell whoever follows what ended it all."""
        error = None if task.cancelled() else task.exception()
        if not isinstance(error, Exception):
            return
        for each in self._table:
            each.end(error)
        if not isinstance(error, ClientError):
            _log.error("following ended by a fault of this program (%s)", type(error).__name__, exc_info=error)
