"""Channels on a Redis or Valkey server with replicas, for many workers and hosts.

Each act is one script, whole or not at all. A channel is of one life of the server: a promoted replica, which may lack
what was published last, has all its channels in other epochs. What comes in comes on a connection of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from bridge.breakers.breaker import Breaker
from bridge.realtime.cursor import Cursor, new_epoch
from bridge.realtime.engines.delivery import PING_SECONDS, Delivery
from bridge.realtime.engines.engine import Kept, Listener, Present, Published, State
from bridge.realtime.engines.names import Names
from bridge.realtime.engines.record import end_of_record, read_record
from bridge.realtime.engines.refusals import state_too_large, too_many_keys
from bridge.realtime.engines.scripts import SCRIPTS
from bridge.realtime.engines.words import WORDS
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import NewMessage
from bridge.redis_address import Address
from bridge.redis_server.server import OTHER_LIFE, Server

# What is away is tried again so soon: a fail-over takes seconds.
OPEN_SECONDS: Final = 1.0

# What the scripts answer with first.
_REPEAT: Final = 2
_TOO_MANY_KEYS: Final = 3
_STATE_TOO_LARGE: Final = 4

_MILLISECONDS: Final = 1000
# A life may end between two questions, but not over and over.
_TRIES: Final = 3
# What a script takes as keys and arguments has a limit at the server.
_TOPS_AT_ONCE: Final = 500


class RedisEngine:
    def __init__(
        self,
        address: Address,
        limits: HistoryLimits,
        *,
        bridge_id: bytes,
        breaker: Breaker,
        give_up_seconds: float,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._limits = limits
        self._names = Names(bridge_id)
        self._idle = limits.idle_seconds * _MILLISECONDS
        self._age = limits.age_seconds * _MILLISECONDS
        # The last arguments of each publish.
        self._bounds = (
            *(limits.messages, limits.bytes, self._age, limits.keys, limits.state_bytes),
            *(self._idle, limits.idempotency_seconds * _MILLISECONDS),
        )
        self._server = Server(address, self._names.life, SCRIPTS, WORDS, breaker, give_up_seconds=give_up_seconds)
        self._delivery = Delivery(
            address,
            self._names,
            life_now=lambda: self._server.known_epoch,
            life_found=self._server.expect_life,
            give_up_seconds=give_up_seconds,
            ping_seconds=ping_seconds,
        )
        self.listen = self._delivery.listen

    async def start(self, listener: Listener) -> None:
        await self._server.start()
        await self._delivery.start(listener)

    async def close(self) -> None:
        await self._delivery.close()
        await self._server.close()

    async def publish(self, channel: str, new: NewMessage) -> Published:
        keys: tuple[bytes, ...] = self._names.kept(channel)
        if new.idempotency_key is not None:
            keys = (*keys, self._names.repeats(channel, new.idempotency_key))
        key = None if new.key is None else new.key.encode()
        holds = 0 if key is None else 2 if new.ends_key else 1
        record = end_of_record(key, new.data)
        arguments = (new_epoch(), self._names.told(channel), holds, key or b"", record, *self._bounds)
        code, *place = await self._told("publish", *keys, arguments=arguments)
        if code == _TOO_MANY_KEYS:
            raise too_many_keys(self._limits)
        if code == _STATE_TOO_LARGE:
            raise state_too_large(self._limits)
        return Published(_cursor(*place), is_repeat=code == _REPEAT)

    async def unlisten(self, channel: str) -> None:
        self._delivery.unlisten(channel)

    async def read(self, channel: str, after: Cursor | None = None) -> Kept:
        place = ("", 0) if after is None else after
        arguments = (new_epoch(), self._idle, self._age, *place)
        _, epoch, top, records = await self._told("read", *self._names.kept(channel), arguments=arguments)
        cursor = _cursor(epoch, top)
        return Kept(cursor, [read_record(channel, cursor.epoch, record) for record in records])

    async def tops(self, channels: Sequence[str]) -> Mapping[str, Cursor]:
        found: dict[str, Cursor] = {}
        for first in range(0, len(channels), _TOPS_AT_ONCE):
            some = channels[first : first + _TOPS_AT_ONCE]
            keys = [key for channel in some for key in self._names.kept(channel)]
            epochs = [new_epoch() for _ in some]
            _, *places = await self._told("tops", *keys, arguments=(self._idle, *epochs))
            found |= {channel: _cursor(*places[2 * at : 2 * at + 2]) for at, channel in enumerate(some)}
        return found

    async def state(self, channel: str) -> State:
        keys, arguments = self._names.kept(channel), (new_epoch(), self._idle)
        _, epoch, top, records = await self._told("state", *keys, arguments=arguments)
        cursor = _cursor(epoch, top)
        return State(cursor, [read_record(channel, cursor.epoch, record) for record in records])

    async def enter(self, channel: str, present: Present, *, seconds: int) -> None:
        who = orjson.dumps((present.kind, present.since))
        arguments = (present.id, who, seconds * _MILLISECONDS)
        await self._server.told("enter", *self._names.presence(channel), arguments=arguments)

    async def leave(self, channel: str, present_id: str) -> None:
        await self._server.told("leave", *self._names.presence(channel), arguments=(present_id,))

    async def present(self, channel: str) -> Sequence[Present]:
        _, *found = await self._server.told("present", *self._names.presence(channel), arguments=())
        return [Present(found[at].decode(), *orjson.loads(found[at + 1])) for at in range(0, len(found), 2)]

    async def _told(self, name: str, *keys: bytes, arguments: Sequence[bytes | int | str]) -> list[Any]:
        """Run a script; where the life of the server was over, in the next one: nothing was done in between."""
        for _ in range(_TRIES):
            answer = await self._server.told(name, *keys, arguments=arguments)
            if answer[0] != OTHER_LIFE:
                return answer
        raise WORDS.unavailable()


def _cursor(epoch: bytes, offset: int) -> Cursor:
    return Cursor(epoch.decode("ascii"), offset)
