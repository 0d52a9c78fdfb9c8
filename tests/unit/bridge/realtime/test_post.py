"""What is written past the transports: all of it, in order, and to nobody else."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import uvloop

from bridge.realtime.post import Post
from bridge.realtime.transports.outlet import NO_SOCKET, Outlet

MUCH = 8 << 20
PATIENCE_SECONDS = 10.0


@dataclass(slots=True)
class Pair:
    """A connection: the transport that is written to, and the other side."""

    transport: asyncio.Transport
    other: socket.socket

    async def read(self, size: int) -> bytes:
        loop, got = asyncio.get_running_loop(), b""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(got) < size and (some := await loop.sock_recv(self.other, 1 << 20)):
                got += some
        return got


@asynccontextmanager
async def connected() -> AsyncIterator[Pair]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=ours)
    try:
        yield Pair(transport, theirs)
    finally:
        transport.abort()
        theirs.close()


async def test_many_get_the_same_and_some_their_own() -> None:
    post = Post()
    async with connected() as one, connected() as two, connected() as three:
        with post:
            for pair in (one, two):
                outlet = Outlet(pair.transport)
                post.put_shared(outlet.socket(), b"for both", outlet)
            outlet = Outlet(three.transport)
            post.put(outlet.socket(), b"for one", outlet)

        assert [b"for both", b"for both", b"for one"] == [await one.read(8), await two.read(8), await three.read(7)]


async def test_different_bytes_of_one_turn_are_not_mixed_up() -> None:
    post = Post()
    async with connected() as one, connected() as two, connected() as three:
        outlets = [Outlet(pair.transport) for pair in (one, two, three)]
        with post:
            for outlet, data in zip(outlets, (b"first", b"other", b"first"), strict=True):
                post.put_shared(outlet.socket(), data, outlet)

        assert [b"first", b"other", b"first"] == [await pair.read(5) for pair in (one, two, three)]


@pytest.mark.parametrize("is_shared", [True, False])
async def test_what_a_socket_does_not_take_now_comes_later_and_before_what_follows(*, is_shared: bool) -> None:
    post, much = Post(), b"x" * MUCH
    async with connected() as slow, connected() as quick:
        outlets = [Outlet(pair.transport) for pair in (slow, quick)]
        with post:
            for outlet in outlets:
                if is_shared:
                    post.put_shared(outlet.socket(), much, outlet)
                else:
                    post.put(outlet.socket(), much, outlet)
        assert NO_SOCKET == outlets[0].socket()
        outlets[0].write(b"end")

        assert much + b"end" == await slow.read(MUCH + 3)
        assert much == await quick.read(MUCH)
        assert NO_SOCKET < outlets[0].socket()


async def test_nothing_is_sent_before_it_closes_and_nothing_twice() -> None:
    post = Post()
    async with connected() as pair:
        outlet = Outlet(pair.transport)
        with post:
            post.put(outlet.socket(), b"once", outlet)
            with pytest.raises(BlockingIOError):
                pair.other.recv(4)
        with post:
            pass

        assert b"once" == await pair.read(4)
        with pytest.raises(BlockingIOError):
            pair.other.recv(4)


def fail_after(post: Post, outlet: Outlet) -> None:
    with post:
        post.put(outlet.socket(), b"here", outlet)
        raise LookupError


async def test_what_was_put_in_goes_out_though_somebody_fails_after_it() -> None:
    post = Post()
    async with connected() as pair:
        outlet = Outlet(pair.transport)
        with pytest.raises(LookupError):
            fail_after(post, outlet)

        assert b"here" == await pair.read(4)


async def test_a_connection_that_is_being_closed_has_no_socket_as_its_number_may_be_anothers() -> None:
    async with connected() as pair:
        outlet = Outlet(pair.transport)
        assert NO_SOCKET < outlet.socket()
        pair.transport.abort()
        assert NO_SOCKET == outlet.socket()


async def test_who_has_gone_holds_nobody_up() -> None:
    post = Post()
    async with connected() as gone, connected() as here:
        outlets = [Outlet(pair.transport) for pair in (gone, here)]
        gone.other.close()
        with post:
            for outlet in outlets:
                post.put_shared(outlet.socket(), b"news", outlet)

        assert b"news" == await here.read(4)


class Told(asyncio.Protocol):
    """Told when its connection has ended."""

    def __init__(self) -> None:
        self.has_ended = asyncio.Event()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self.has_ended.set()


async def write_late() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        transport, told = await asyncio.get_running_loop().create_connection(Told, sock=ours)
        outlet = Outlet(transport)
        transport.abort()
        await told.has_ended.wait()
        # The transport is taken apart behind the call that tells of its end.
        await asyncio.sleep(0)
        outlet.write(b"late")


@pytest.mark.parametrize("loop_factory", [None, uvloop.new_event_loop])
def test_writing_to_a_line_that_has_ended_is_no_mistake(
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None,
) -> None:
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(write_late())
