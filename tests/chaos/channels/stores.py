"""A Valkey primary with a replica, behind a way that is turned at a fail-over; and how each of the three fails."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from tests.chaos.channels.rough_way import Going, RoughWay, rough_way
from tests.integration.web.waiting import until
from tests.servers.valkey import Valkey, valkey

_SOON = ("--repl-diskless-sync-delay", "0")


@dataclass(slots=True)
class Stores:
    primary: Valkey
    replica: Valkey
    # From the bridge to the primary, and from the replica to it.
    way: RoughWay
    copying: RoughWay

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.way.port}"

    def let_the_replica_lag(self) -> None:
        """What the primary takes from here on is not copied."""
        self.copying.hold()

    async def fail_over(self) -> None:
        """Kill the primary, promote the replica, and have what was the primary begin anew as its replica."""
        self.primary.signal(signal.SIGKILL)
        await _tell(self.replica, "REPLICAOF", "NO", "ONE")
        self.primary, self.replica = self.replica, self.primary
        self.way.turn(self.primary.port)
        self.copying.turn(self.primary.port)
        self.replica.stop()
        await asyncio.to_thread(self.replica.start)
        await self.copied()

    async def restart(self) -> None:
        """Kill the primary and start it again, with nothing in it."""
        self.primary.signal(signal.SIGKILL)
        self.primary.stop()
        await asyncio.to_thread(self.primary.start)

    async def copied(self) -> None:
        """Have the replica follow the primary, and wait until it has all of it."""
        await _tell(self.replica, "REPLICAOF", "127.0.0.1", str(self.copying.port))
        async with Redis(port=self.replica.port) as client:

            async def is_up() -> bool:
                return bool((await client.info("replication"))["master_link_status"] == "up")

            await until(is_up)


async def _tell(server: Valkey, *words: str) -> None:
    async with Redis(port=server.port, single_connection_client=True) as client:
        await client.execute_command(*words)  # type: ignore[no-untyped-call]


@asynccontextmanager
async def stores(going: Callable[[], Going]) -> AsyncIterator[Stores]:
    with ExitStack() as running:
        primary, replica = (running.enter_context(valkey(*_SOON)) for _ in range(2))
        async with rough_way(primary.port, going) as way, rough_way(primary.port) as copying:
            opened = Stores(primary, replica, way, copying)
            await opened.copied()
            yield opened
