"""One connection to a Redis server, on which nobody waits for anybody.

What is asked in one turn of the loop goes out in one piece, and the answers come back in the order of the questions. A
link that owes an answer for too long is cut: from then on nobody would know which answer is whose.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias, TypeVar, cast

from hiredis import ProtocolError, Reader, ReplyError, pack_command

from bridge.redis_address import Address

Answer: TypeAlias = "int | bytes | list[Answer] | ReplyError | None"

# A loop that was held up reads what came meanwhile before anybody is found too slow.
_GRACE_SECONDS: Final = 0.001


class LinkLost(Exception):
    """The server cannot be reached, or did not answer in time. Nobody knows what became of what was asked."""


def packed(*words: bytes | str | int) -> bytes:
    """Return a command as it goes over the wire."""
    # Its stub speaks of one word.
    return cast("bytes", pack_command(cast("tuple[bytes]", words)))


class Link(asyncio.Protocol):
    def __init__(self, give_up_seconds: float, on_lost: Callable[["Link"], None]) -> None:
        self._give_up_seconds = give_up_seconds
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._waiting: deque[asyncio.Future[Answer]] = deque()
        self._answered = 0

    @property
    def is_up(self) -> bool:
        return self._transport is not None

    def ask(self, command: bytes) -> asyncio.Future[Answer]:
        """Ask in the order of the calls; an error of the server is an answer too."""
        waiting: asyncio.Future[Answer] = self._loop.create_future()
        if self._transport is None:
            waiting.set_exception(LinkLost("went away"))
            # Whoever asks may have no use for the answer.
            waiting.exception()
            return waiting
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(command)
        self._waiting.append(waiting)
        return waiting

    def cut(self) -> None:
        """End it at once; whoever still waits is told."""
        transport, self._transport = self._transport, None
        if transport is None:
            return
        transport.abort()
        self._unsent.clear()
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(LinkLost("went away"))
                # Whoever asked may have gone: then nobody looks at it, and that is no mistake.
                waiting.exception()
        self._on_lost(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        waiting = self._waiting
        try:
            while (answer := self._reader.gets()) is not False:
                # One that nobody asked for finds nobody: the order is lost.
                first = waiting.popleft()
                self._answered += 1
                if not first.done():
                    first.set_result(answer)
        except (ProtocolError, IndexError):
            self.cut()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self.cut()

    def _send(self) -> None:
        if self._transport is None or not self._unsent:
            return
        self._transport.write(b"".join(self._unsent))
        self._unsent.clear()
        self._loop.call_later(self._give_up_seconds, self._look, self._answered + len(self._waiting))

    def _look(self, last: int) -> None:
        if self._answered < last:
            self._loop.call_later(_GRACE_SECONDS, self._cut_if_owed, last)

    def _cut_if_owed(self, last: int) -> None:
        if self._answered < last:
            self.cut()


_Kind = TypeVar("_Kind", bound=Link)


async def connect(address: Address, give_up_seconds: float, made: Callable[[], _Kind]) -> _Kind:
    """Return a link that is up; LinkLost where the server cannot be reached in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(give_up_seconds):
            if address.path is not None:
                _, link = await loop.create_unix_connection(made, address.path)
            else:
                _, link = await loop.create_connection(made, address.host, address.port, ssl=address.tls)
    except (OSError, TimeoutError) as error:
        raise LinkLost(f"cannot be reached ({type(error).__name__})") from None
    return link
