"""Many thousands of WebSockets on which nothing happens: what they cost one worker, and that they are there."""

import asyncio
import resource
from pathlib import Path
from typing import Final

import pytest

from backend.db.config import DatabaseConfig
from tests.chaos.channels.idle import IdleSocket
from tests.chaos.channels.storm import Storm, storm
from tests.integration.gate.signer import Signer

SOCKETS: Final = 5_000
SESSIONS: Final = 50
IDLE_SECONDS: Final = 60
# One address may have 1,024 connections.
ADDRESSES: Final = tuple(f"127.0.0.{number}" for number in range(2, 8))
AT_ONCE: Final = 64
# Of the worker, for each socket with its stream; and how much more all of them may need a minute later.
MOST_BYTES_EACH: Final = 8 * 1024
MOST_GROWTH_BYTES: Final = 8 * 1024 * 1024
LIMIT_SECONDS: Final = 120


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


async def opened(signer: Signer, channel: str, address: str) -> IdleSocket:
    """Open one; who is sent away, as too many are opened at the moment, comes back."""
    while True:
        _, idle = await asyncio.get_running_loop().create_connection(
            lambda: IdleSocket(signer, channel), "127.0.0.1", signer.port, local_addr=(address, 0)
        )
        status = await idle.answered
        if status == 101:
            async with asyncio.timeout(LIMIT_SECONDS):
                await idle.follows.wait()
            return idle
        assert status == 503
        idle.close()
        await asyncio.sleep(0.5)


async def opened_by_all(tested: Storm, channel: str) -> list[IdleSocket]:
    signers = [await tested.opened(tested.bridge.port) for _ in range(SESSIONS)]
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> IdleSocket:
        async with room:
            return await opened(signers[number % SESSIONS], channel, ADDRESSES[number % len(ADDRESSES)])

    async with asyncio.timeout(LIMIT_SECONDS):
        return await asyncio.gather(*(one(number) for number in range(SOCKETS)))


@pytest.mark.proof
@pytest.mark.timeout(600)
async def test_five_thousand_idle_websockets_cost_a_worker_little_and_all_hear_what_is_said(
    tmp_path: Path, sqlite_database: DatabaseConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The bridge has the limit of whoever starts it.
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    async with storm("memory", tmp_path / "data", sqlite_database, seed=0) as tested:
        (worker,) = tested.bridge.wait_for_workers(other_than=[])
        channel = tested.channels[1]
        warm = await opened(await tested.opened(tested.bridge.port), channel, ADDRESSES[0])
        before = resident_bytes(worker)
        sockets = await opened_by_all(tested, channel)
        after = resident_bytes(worker)
        await asyncio.sleep(IDLE_SECONDS)
        later = resident_bytes(worker)

        gone = [each.last for each in sockets if not each.is_open]
        assert not gone, (len(gone), gone[0], tested.bridge.log)
        await tested.publisher.commit_each()
        async with asyncio.timeout(LIMIT_SECONDS):
            while not all(each.messages for each in sockets):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)
        for each in (warm, *sockets):
            each.close()
        # How fast a worker ends to which thousands say at once that they go is another question.
        async with asyncio.timeout(LIMIT_SECONDS):
            while open_files(worker) > SOCKETS // 10:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)

    with capsys.disabled():
        print(  # noqa: T201 - the figures of the proof
            f"\n{SOCKETS} idle WebSockets: {(after - before) / SOCKETS / 1024:.1f} KiB each, "
            f"{(later - after) / 1024:+.0f} KiB in all after {IDLE_SECONDS} s; "
            f"the worker had {before / 2**20:.0f} MiB before, and {later / 2**20:.0f} MiB with them"
        )
    assert [1] == sorted({each.messages for each in sockets})
    assert (after - before) / SOCKETS <= MOST_BYTES_EACH
    assert later - after <= MOST_GROWTH_BYTES
