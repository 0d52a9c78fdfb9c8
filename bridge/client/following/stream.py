"""What came over a stream, as far as it may be believed."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeAlias

from bridge.client.doing import Upgraded
from bridge.client.fields import FieldWrong
from bridge.client.following.items import Item, Welcome, read_item
from bridge.client.following.seals import Frame, SealBroken, Seals, parse_frame
from bridge.client.grants import wrong
from bridge.client.transport import Lost
from core_rs import MacKey

WELCOME_SECONDS: Final = 10.0
# What came over one stream must not be taken for another's.
_MOST_SEEN: Final = 1_024
Receive: TypeAlias = Callable[[], Awaitable[bytes]]


class Sized(NamedTuple):
    item: Item
    size: int


class Stream:
    """One stream of one session, from its welcome to its end."""

    def __init__(self, receive: Receive, upgraded: Upgraded, *, is_tls: bool) -> None:
        self._receive = receive
        self._upgraded = upgraded
        self._is_tls = is_tls
        # None where TLS does what seals do.
        self._seals: Seals | None = None
        self.id = ""

    async def welcome(self) -> list[Sized]:
        """Wait for the first word and believe it; return what came with it. Lost where it cannot be believed."""
        first = await self._receive()
        try:
            told = read_item(parse_frame(first).told)
        except FieldWrong:
            told = None
        if not isinstance(told, Welcome):
            raise Lost("it did not begin as a stream of the bridge does")
        self.id = told.stream
        if not told.is_sealed and self._is_tls:
            return []
        # Over plain http nothing goes without a seal, whatever it says of itself.
        self._seals = Seals(told.stream, self._upgraded.opened_by, self._upgraded.session.stream_key)
        self._take(self._seals, first)
        while not (believed := await self.items()):
            pass
        return believed[1:]

    async def items(self) -> list[Sized]:
        """Wait for the next ones that may be believed; Lost where the bridge cannot have sent what came."""
        data = await self._receive()
        frames = [_parsed(data)] if self._seals is None else self._take(self._seals, data)
        return [Sized(item, frame.size) for frame in frames if (item := _read(frame)) is not None]

    def expect(self, stream_key: MacKey) -> None:
        """Let the keys of another session take over."""
        if self._seals is not None:
            self._seals.expect(stream_key)

    @staticmethod
    def _take(seals: Seals, data: bytes) -> list[Frame]:
        try:
            return seals.take(data)
        except SealBroken as broken:
            raise Lost(str(broken)) from None


class Streams:
    """The streams of one road: none is believed to be one that was there before."""

    def __init__(self, *, is_tls: bool) -> None:
        self._is_tls = is_tls
        self._seen: deque[str] = deque(maxlen=_MOST_SEEN)

    async def begun(self, receive: Receive, upgraded: Upgraded) -> tuple[Stream, list[Sized]]:
        """Return a stream once its welcome is believed, and what came with it; Lost where it cannot be."""
        stream = Stream(receive, upgraded, is_tls=self._is_tls)
        try:
            async with asyncio.timeout(WELCOME_SECONDS):
                first = await stream.welcome()
        except TimeoutError:
            raise Lost("the stream did not begin") from None
        if stream.id in self._seen:
            raise Lost("it is a stream of the past")
        self._seen.append(stream.id)
        return stream, first


def _parsed(data: bytes) -> Frame:
    try:
        return parse_frame(data)
    except FieldWrong as error:
        raise wrong(error) from None


def _read(frame: Frame) -> Item | None:
    """Read what is believed; the bridge itself is wrong where that fails."""
    try:
        return read_item(frame.told)
    except FieldWrong as error:
        raise wrong(error) from None
