"""What all streams of a process share, and what looks after them."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from backend.db.rights_changes import Generation, RightsChanges
from backend.errors import Crowded
from backend.web.access import Authenticator
from backend.web.keys import app_key
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.principal import Principal
from bridge.gate.signed.spoken import RATE_CLASS, Speaker, Spoken, admitted
from bridge.realtime.bucket import Bucket
from bridge.realtime.engines.engine import Engine
from bridge.realtime.going import keep_going
from bridge.realtime.hub import Hub
from bridge.realtime.meter import StreamMeter
from bridge.realtime.presence import Presence
from bridge.realtime.recheck import Recheck
from bridge.realtime.timing import Timing
from core_rs import Demand, MacKey

if TYPE_CHECKING:
    from bridge.realtime.following import Following

MOST_STREAMS: Final = 8_192
# Streams that may be opened at once and each second: more come back a little later, spread out.
OPENED_AT_ONCE: Final = 2_000
OPENED_A_SECOND: Final = 400
# Those who have not said who they are have a door of their own, so that they keep out nobody who has.
STRANGERS_AT_ONCE: Final = 500
STRANGERS_A_SECOND: Final = 100
_SPREAD_A_SECOND: Final = 200
_SPREAD_MOST_SECONDS: Final = 30.0
_ENDS: Final = "This bridge ends."
_UNSURE: Final = "Whether this stream may go on cannot be said now."


class Beating(Protocol):
    def beat(self, now: float) -> None:
        """Show that the line is there where that is due, and look whether the other side is."""
        ...


class Desk:
    def __init__(
        self,
        hub: Hub,
        engine: Engine,
        gatehouse: Callable[[], Gatehouse],
        *,
        rights: RightsChanges,
        authenticator: Authenticator,
        meter: StreamMeter,
        timing: Timing,
        most_streams: int = MOST_STREAMS,
        openings: Bucket | None = None,
    ) -> None:
        self.hub = hub
        self.engine = engine
        self.authenticator = authenticator
        self.meter = meter
        self.timing = timing
        self.presence = Presence(engine, timing)
        self.is_draining = False
        self._gatehouse = gatehouse
        self._rights = rights
        self._most_streams = most_streams
        self._openings = openings or Bucket(at_once=OPENED_AT_ONCE, a_second=OPENED_A_SECOND)
        self._strangers = Bucket(at_once=STRANGERS_AT_ONCE, a_second=STRANGERS_A_SECOND)
        self._streams: dict[str, Following] = {}
        self._lines: dict[str, Beating] = {}
        # Of those whose answers are held back.
        self._wakes: set[Callable[[], None]] = set()
        self._recheck = Recheck(self._streams, rights, lambda: self.gatehouse.records, timing)
        self._demand: Demand | None = None

    @property
    def gatehouse(self) -> Gatehouse:
        return self._gatehouse()

    def stream_key(self, principal: Principal) -> MacKey:
        """Return what seals the streams of a session."""
        return self.gatehouse.answer_keys.of_stream(principal.key_id)

    def check_room(self) -> None:
        """Count a stream that is to be opened; Crowded, with a time that is drawn, where there are too many."""
        self._check(self._openings)

    def check_door(self) -> None:
        """Count somebody who has yet to say who they are; Crowded as well."""
        self._check(self._strangers)

    def _check(self, bucket: Bucket) -> None:
        if self.is_draining or len(self._streams) >= self._most_streams or not bucket.take():
            error = Crowded("More streams are opened here at the moment than there is room for.")
            error.headers = (("Retry-After", str(1 + round(self.advice()))),)
            raise error

    def opened(self, following: "Following", line: Beating) -> None:
        self._streams[following.id] = following
        self._lines[following.id] = line
        if self.is_draining:
            following.end("reconnect", _ENDS, retry_after_seconds=self.advice())

    def closed(self, following: "Following") -> None:
        self._streams.pop(following.id, None)
        self._lines.pop(following.id, None)
        following.close()

    @contextmanager
    def held(self, wake: Callable[[], None]) -> Iterator[None]:
        """Have somebody who is held back woken when the bridge ends."""
        self._wakes.add(wake)
        try:
            yield
        finally:
            self._wakes.remove(wake)

    def find(self, stream_id: str) -> "Following | None":
        return self._streams.get(stream_id)

    @property
    def generation(self) -> Generation | None:
        """The generation of rights that is now; None while nobody knows."""
        return self._rights.generation

    async def admitted(self, sender: Speaker, target: str, signed: Spoken) -> Principal:
        """Return whose a signature inside a stream is, as for a request of its own; RequestError."""
        gate = self.gatehouse
        if self._demand is None:
            self._demand = gate.store.demand(RATE_CLASS)
        return await admitted(
            gate, self._demand, signed, address=sender.address or "", host=sender.authority, target=target
        )

    def advice(self) -> float:
        """Draw when somebody should come back, so that all who are sent away at once do not."""
        spread = min(_SPREAD_MOST_SECONDS, max(1.0, len(self._streams) / _SPREAD_A_SECOND))
        return round(random.uniform(0, spread), 2)  # noqa: S311 - spreads work, guards nothing

    def drain(self) -> None:
        """Send everybody away with where they stood."""
        self.is_draining = True
        self._send_away(list(self._streams.values()), _ENDS)
        for wake in list(self._wakes):
            wake()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with self.hub.running():
            works = (self._looking, self._recheck.asking, self._recheck.ending, self.presence.telling)
            pause = self.timing.look_seconds
            tasks = [
                asyncio.create_task(keep_going(work, pause_seconds=pause, failed=self._fail_closed)) for work in works
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    async def _looking(self) -> None:
        """Look at each stream over and over, and wait for nobody."""
        while True:
            await asyncio.sleep(self.timing.look_seconds)
            now = monotonic()
            self._send_away(self._recheck.unsure(now), _UNSURE)
            for following in list(self._streams.values()):
                following.check_time()
            for line in list(self._lines.values()):
                line.beat(now)

    def _fail_closed(self) -> None:
        """Nobody stays whom nobody looks after."""
        self._send_away(list(self._streams.values()), _UNSURE)

    def _send_away(self, followings: list["Following"], why: str) -> None:
        for following in followings:
            following.end("reconnect", why, retry_after_seconds=self.advice())


DESK: Final = app_key("desk", Desk)
