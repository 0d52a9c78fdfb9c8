"""An engine of channels in the hand of a test: what it tells, and when it answers, the test says."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.errors import StoreUnavailable
from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.engine import Kept, Listener, Present, Published, State
from bridge.realtime.message import Message, NewMessage

EPOCH = "0123456789abcdef"
OTHER_EPOCH = "fedcba9876543210"


@dataclass(slots=True)
class Channel:
    epoch: str = EPOCH
    top: int = 0
    kept: list[Message] = field(default_factory=list)


class HeldEngine:
    """Keeps what is published; a call can be held until it is let go, or fail as long as the engine is away."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.listened: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self.present_there: dict[tuple[str, str], Present] = {}
        self.is_away = False
        self.is_closed = False
        self.listener: Listener | None = None
        self._held: dict[str, asyncio.Event] = {}
        self._reached: dict[str, asyncio.Event] = {}
        self._failing: set[str] = set()

    # In the hand of the test.

    def add(self, channel: str, data: bytes = b"1", *, key: str | None = None, tell: bool = True) -> Message:
        """Publish a message; without `tell` its news is lost on the way."""
        found = self.channels.setdefault(channel, Channel())
        found.top += 1
        message = Message(channel, Cursor(found.epoch, found.top), 1_700_000_000_000 + found.top, key, data)
        found.kept.append(message)
        if tell and channel in self.listened:
            self.tell(message)
        return message

    def tell(self, message: Message) -> None:
        assert self.listener is not None
        self.listener.arrived(message)

    def begin_anew(self, channel: str, epoch: str = OTHER_EPOCH) -> None:
        self.channels[channel] = Channel(epoch)

    def forget(self, channel: str, *, keep: int) -> None:
        kept = self.channels[channel].kept
        del kept[: len(kept) - keep]

    def hold(self, call: str) -> None:
        """Have calls of this name wait from now on."""
        self._held[call] = asyncio.Event()
        self._reached[call] = asyncio.Event()

    async def reached(self, call: str) -> None:
        """Wait until somebody hangs in a call that is held."""
        async with asyncio.timeout(5):
            await self._reached[call].wait()

    def let_go(self, call: str) -> None:
        self._held.pop(call).set()

    def fail_once(self, call: str) -> None:
        self._failing.add(call)

    def count(self, call: str) -> int:
        return sum(1 for name, _ in self.calls if name == call)

    # As an engine.

    async def start(self, listener: Listener) -> None:
        self.listener = listener

    async def close(self) -> None:
        self.is_closed = True

    async def publish(self, channel: str, new: NewMessage) -> Published:
        await self._called("publish", channel)
        return Published(self.add(channel, new.data, key=new.key).cursor)

    async def listen(self, channel: str) -> None:
        await self._called("listen", channel)
        self.listened.add(channel)

    async def unlisten(self, channel: str) -> None:
        await self._called("unlisten", channel)
        self.listened.discard(channel)

    async def read(self, channel: str, after: Cursor | None = None) -> Kept:
        found = self.channels.setdefault(channel, Channel())
        # What was there when it was asked, however long the answer takes.
        kept = Kept(Cursor(found.epoch, found.top), tuple(found.kept))
        await self._called("read", channel)
        if after is None or after.epoch != kept.top.epoch:
            return kept
        return Kept(kept.top, tuple(each for each in kept.messages if each.cursor.offset > after.offset))

    async def tops(self, channels: Sequence[str]) -> Mapping[str, Cursor]:
        tops = {name: Cursor(self.channels[name].epoch, self.channels[name].top) for name in channels}
        await self._called("tops", " ".join(channels))
        return tops

    async def state(self, channel: str) -> State:
        await self._called("state", channel)
        found = self.channels.setdefault(channel, Channel())
        held = {each.key: each for each in found.kept if each.key is not None}
        return State(Cursor(found.epoch, found.top), tuple(each for each in held.values() if each.data != b"null"))

    async def enter(self, channel: str, present: Present, *, seconds: int) -> None:
        await self._called("enter", channel)
        assert seconds > 0
        self.present_there[channel, present.id] = present

    async def leave(self, channel: str, present_id: str) -> None:
        await self._called("leave", channel)
        self.present_there.pop((channel, present_id), None)

    async def present(self, channel: str) -> Sequence[Present]:
        await self._called("present", channel)
        return [each for (where, _), each in self.present_there.items() if where == channel]

    async def _called(self, call: str, channel: str) -> None:
        self.calls.append((call, channel))
        if self.is_away:
            raise StoreUnavailable("The engine is away.")
        held = self._held.get(call)
        if held is not None:
            self._reached[call].set()
            await held.wait()
        if call in self._failing:
            self._failing.remove(call)
            raise StoreUnavailable("The engine has failed.")
