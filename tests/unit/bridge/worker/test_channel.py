import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bridge.worker.channel import UNREAD_LIMIT_BYTES, Channel
from bridge.worker.messages import LINE_LIMIT_BYTES, Answer, Ask, Drain, Failed, Go, NotUnderstood, Ready


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[tuple[Channel, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    channel = await Channel.over(ours)
    with theirs:
        yield channel, theirs
        theirs.close()
        await channel.close()


async def test_messages_arrive_in_order(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    other = await Channel.over(theirs)

    other.send(Ready())
    other.send(Answer(1, {"ready": True}))

    assert [Ready(), Answer(1, {"ready": True})] == [await channel.receive(), await channel.receive()]
    await other.close()


async def test_a_large_snapshot_arrives_whole(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    other = await Channel.over(theirs)
    answer = Answer(1, {"text": "x" * (LINE_LIMIT_BYTES // 2)})

    other.send(answer)

    assert answer == await channel.receive()
    await other.close()


async def test_the_end_of_the_other_side_is_no_message(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends

    theirs.close()

    assert await channel.receive() is None


async def test_a_message_cut_off_by_the_death_of_the_other_side_is_no_message(
    ends: tuple[Channel, socket.socket],
) -> None:
    channel, theirs = ends

    theirs.send(b'{"kind":"rea')
    theirs.close()

    assert await channel.receive() is None


async def test_a_line_above_the_limit_is_not_understood(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    sending = asyncio.create_task(
        asyncio.get_running_loop().sock_sendall(theirs, b"x" * (LINE_LIMIT_BYTES + 1) + b"\n"),
    )

    with pytest.raises(NotUnderstood, match=str(LINE_LIMIT_BYTES)):
        await channel.receive()
    sending.cancel()


async def test_sending_to_a_side_that_has_ended_does_nothing(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends

    theirs.close()
    assert await channel.receive() is None

    for _ in range(3):
        channel.send(Drain())
        await asyncio.sleep(0)


async def test_what_a_side_does_not_read_is_bounded(ends: tuple[Channel, socket.socket]) -> None:
    channel, _ = ends
    large = Failed("crashed", "x" * (UNREAD_LIMIT_BYTES // 4))

    for _ in range(20):
        channel.send(large)

    waiting = channel._writer.transport.get_write_buffer_size()
    assert waiting < UNREAD_LIMIT_BYTES + len(large.sentence) + 1024
    channel._writer.transport.abort()


async def test_close_first_sends_what_is_queued(ends: tuple[Channel, socket.socket]) -> None:
    channel, theirs = ends
    other = await Channel.over(theirs)

    for number in range(100):
        other.send(Ask(number, "metrics"))
    other.send(Go())
    await other.close()

    received = [await channel.receive() for _ in range(101)]
    assert Go() == received[-1]
