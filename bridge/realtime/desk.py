"""What all streams of a process share, and what looks after them."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from backend.db.rights_changes import Generation, RightsChanges
from backend.errors import Crowded, ServiceError
from backend.web.access import Authenticator
from backend.web.keys import app_key
from backend.web.sender import Sender
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.principal import Principal
from bridge.gate.signed.spoken import RATE_CLASS, Spoken, admitted
from bridge.realtime.engines.engine import Engine
from bridge.realtime.hub import Hub
from bridge.realtime.meter import StreamMeter
from bridge.realtime.presence import Presence
from core_rs import Demand, MacKey

if TYPE_CHECKING:
    from bridge.realtime.following import Following

MOST_STREAMS: Final = 8_192
# Streams that may be opened at once and each second: more come back a little later, spread out.
OPENED_AT_ONCE: Final = 2_000
OPENED_A_SECOND: Final = 400
# A withdrawn right ends a stream within 5 s: changes are noticed within 2, and then everybody is asked.
_LOOK_SECONDS: Final = 0.5
_UNKNOWN_SECONDS: Final = 2.0
# Also without a change: a session that ended itself raises no alarm.
_ASK_SECONDS: Final = 60.0
_ASKED_AT_ONCE: Final = 32
_SPREAD_A_SECOND: Final = 200
_SPREAD_MOST_SECONDS: Final = 30.0
_BEAT_SECONDS: Final = 12.5
_ENDS: Final = "This bridge ends."


class Beating(Protocol):
    def beat(self, now: float) -> None:
        """Show that the line is there, and look whether the other side is."""
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
    ) -> None:
        self.hub = hub
        self.engine = engine
        self.authenticator = authenticator
        self.meter = meter
        self.presence = Presence(engine)
        self.is_draining = False
        self._gatehouse = gatehouse
        self._rights = rights
        self._streams: dict[str, Following] = {}
        self._lines: dict[str, Beating] = {}
        self._demand: Demand | None = None
        self._asked_in: Generation | None = None
        self._room = float(OPENED_AT_ONCE)
        self._room_at = monotonic()

    @property
    def gatehouse(self) -> Gatehouse:
        return self._gatehouse()

    def stream_key(self, principal: Principal) -> MacKey:
        """Return what seals the streams of a session."""
        return self.gatehouse.answer_keys.of_stream(principal.key_id)

    def check_room(self) -> None:
        """Count a stream that is to be opened; Crowded, with a time that is drawn, where there are too many."""
        now = monotonic()
        self._room = min(float(OPENED_AT_ONCE), self._room + (now - self._room_at) * OPENED_A_SECOND)
        self._room_at = now
        if self.is_draining or self._room < 1 or len(self._streams) >= MOST_STREAMS:
            error = Crowded("More streams are opened here at the moment than there is room for.")
            error.headers = (("Retry-After", str(1 + round(self.advice()))),)
            raise error
        self._room -= 1

    def opened(self, following: "Following", line: Beating) -> None:
        self._streams[following.id] = following
        self._lines[following.id] = line
        if self.is_draining:
            following.end("reconnect", _ENDS, retry_after_seconds=self.advice())

    def closed(self, following: "Following") -> None:
        self._streams.pop(following.id, None)
        self._lines.pop(following.id, None)
        following.close()

    def find(self, stream_id: str) -> "Following | None":
        return self._streams.get(stream_id)

    @property
    def generation(self) -> Generation | None:
        """The generation of rights that is now; None while nobody knows."""
        return self._rights.generation

    async def admitted(self, sender: Sender, target: str, signed: Spoken) -> Principal:
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
        for following in list(self._streams.values()):
            following.end("reconnect", _ENDS, retry_after_seconds=self.advice())

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with self.hub.running():
            tasks = [asyncio.create_task(self._tend()), asyncio.create_task(self.presence.telling())]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    async def _tend(self) -> None:
        known_at = asked_at = beaten_at = monotonic()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for following in list(self._streams.values()):
                following.check_time()
            now, generation = monotonic(), self._rights.generation
            if now - beaten_at > _BEAT_SECONDS:
                beaten_at = now
                for line in list(self._lines.values()):
                    line.beat(now)
            if generation is None:
                if now - known_at > _UNKNOWN_SECONDS:
                    self._send_away()
                continue
            known_at = now
            if generation != self._asked_in or now - asked_at > _ASK_SECONDS:
                self._asked_in, asked_at = generation, now
                await self._ask_all()

    def _send_away(self) -> None:
        """Nobody can say who still may be here."""
        for following in list(self._streams.values()):
            following.end(
                "reconnect", "Whether this stream may go on cannot be said now.", retry_after_seconds=self.advice()
            )

    async def _ask_all(self) -> None:
        waiting = list(self._streams.values())
        while waiting:
            some, waiting = waiting[:_ASKED_AT_ONCE], waiting[_ASKED_AT_ONCE:]
            await asyncio.gather(*(self._ask(following) for following in some))

    async def _ask(self, following: "Following") -> None:
        try:
            await following.ask_again()
        except ServiceError:
            # Asked anew with all others: what they may is not known in this generation.
            self._asked_in = None


DESK: Final = app_key("desk", Desk)
