"""A whole bridge whose channels are followed by many while everything between them fails."""

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.outbox_admin import count_states
from backend.db.unit import Database
from backend.ids import new_id
from tests.chaos.channels.bridge_app import KEPT_MESSAGES, MODULE, OPEN, SEED
from tests.chaos.channels.followers import ByEvents, ByPolling, ByWebSocket, Follower
from tests.chaos.channels.judge import End, Records, faults_of, resets
from tests.chaos.channels.publisher import PADDING, Publisher
from tests.chaos.channels.rough_way import CLEAR, Going, RoughWay, rough_way
from tests.chaos.channels.stores import Stores, stores
from tests.contract.signing import Session
from tests.integration.gate.signer import Signer
from tests.integration.serve.bridge_process import BridgeProcess
from tests.ledger.people import SCHOOL

Engine = Literal["memory", "redis"]
Act = Callable[[], Awaitable[None]]
# How connections fare; most of them well.
GOINGS: Final = (
    CLEAR,
    CLEAR,
    CLEAR,
    Going(latency_seconds=0.03),
    Going(piece_bytes=317),
    Going(bytes_a_second=400_000.0),
)
# Letters of a message of which a few fill the buffers between the bridge and a client.
LARGE: Final = 8_000
FORGED: Final = (b'"padding":"x', b'"padding":"y')
# A killed worker's rows wait for their lease to end, and for somebody else to lead.
SETTLED_SECONDS: Final = 60.0


@dataclass(slots=True)
class Storm:
    engine: Engine
    bridge: BridgeProcess
    database: Database
    client: ClientSession
    # Between the clients and the bridge.
    way: RoughWay
    stores: Stores | None
    publisher: Publisher
    channels: tuple[str, ...]
    chance: random.Random
    followers: list[Follower] = field(default_factory=list)
    # Of whoever publishes so much that nothing else is published meanwhile.
    flooding: asyncio.Lock = field(default_factory=asyncio.Lock)
    # What was done to it.
    done: Counter[str] = field(default_factory=Counter)

    async def opened(self, port: int | None = None) -> Signer:
        """Open a session, whatever the bridge is doing just now; it goes over the way, or to a port that is given."""
        while True:
            try:
                async with self.client.post(f"http://127.0.0.1:{self.bridge.port}{OPEN}") as answer:
                    if answer.status == 200:
                        told = await answer.json()
                        break
            except (ClientError, OSError, TimeoutError):
                pass  # it is away
            await asyncio.sleep(0.1)
        for name in ("master", "bridge_id", "random"):
            told[name] = bytes.fromhex(told[name])
        return Signer(Session(**told), port or self.way.port)

    @asynccontextmanager
    async def followed(self, *, web_sockets: int, events: int, polls: int) -> AsyncIterator[None]:
        """Have so many follow all channels while the block runs; at its end everybody has come to the top."""
        kinds: Sequence[tuple[type[Follower], int]] = (
            (ByWebSocket, web_sockets),
            (ByEvents, events),
            (ByPolling, polls),
        )
        for kind, count in kinds:
            for number in range(count):
                name, chance = f"{kind.__name__} {number}", random.Random(self.chance.random())  # noqa: S311
                self.followers.append(kind(name, self.client, self.channels, self.opened, chance))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each.follow()) for each in self.followers]
            await self._until(lambda: all(len(each.notes.places) == len(self.channels) for each in self.followers))
            yield
            await self._settle()
            for task in tasks:
                task.cancel()

    async def rage(self, acts: Sequence[Act], *, until_delivered: int) -> None:
        """Publish without a pause while one act after the other is drawn, until so many messages were delivered."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._publish_until(over))
            while self.delivered < until_delivered:
                await self.do(self.chance.choice(acts))
                await asyncio.sleep(self.chance.uniform(0.2, 1.5))  # in the middle of whatever goes on
            # Not cancelled: a commit on its way may be kept, and its number be given out again.
            over.set()
        await self.worked_off()

    async def _publish_until(self, over: asyncio.Event) -> None:
        while not over.is_set():
            async with self.flooding:
                await self.publisher.commit(20)
            # What is published while the bridge is away waits in the database; it is not to wait for ever.
            await self.worked_off(but=100)

    def judged(self) -> list[str]:
        """Return what was wrong."""
        return [
            f"{channel}: {fault}"
            for channel in self.channels
            for fault in faults_of(self._records(channel), self._end(channel))
        ]

    @property
    def delivered(self) -> int:
        return sum(each.notes.items["message"] for each in self.followers)

    @property
    def resets(self) -> Counter[str]:
        return sum((resets(self._records(channel)) for channel in self.channels), Counter[str]())

    @property
    def ends(self) -> Counter[str]:
        return sum((each.ends for each in self.followers), Counter[str]())

    def summary(self) -> str:
        figures = {
            "delivered": self.delivered,
            "committed": sum(self.publisher.committed.values()),
            "followers": len(self.followers),
            "resets": dict(self.resets),
            "streams ended": dict(self.ends),
            "items": dict(sum((each.notes.items for each in self.followers), Counter[str]())),
            "done": dict(self.done),
        }
        return f"{self.engine}: {figures}"

    # What may happen.

    async def cut_clients(self) -> None:
        self.way.cut(lambda: self.chance.random() < 0.5)

    async def desert_clients(self) -> None:
        """Cut clients off without the bridge being told."""
        self.way.desert(lambda: self.chance.random() < 0.3)

    async def stall_clients(self) -> None:
        self.way.hold()
        await asyncio.sleep(self.chance.uniform(0.5, 1.0))
        self.way.go_on()

    async def outrun_clients(self) -> None:
        """Keep clients away until more was published than their channels keep."""
        self.way.turn(0)
        async with self.flooding:
            await self.publisher.flood(KEPT_MESSAGES + 1, PADDING)
            await self.worked_off(but=KEPT_MESSAGES)
        self.way.turn(self.bridge.port)

    async def flood_clients(self) -> None:
        """Publish so much that it has to wait at the bridge for clients whose lines are held."""
        self.way.hold()
        async with self.flooding:
            await self.publisher.flood(KEPT_MESSAGES, LARGE)
            await self.worked_off(but=KEPT_MESSAGES)
        self.way.go_on()

    async def forge(self) -> None:
        """Change what messages say on their way, as somebody who can write to the line may."""
        before = self.way.forgeries
        self.way.forged = FORGED
        await self.publisher.commit_each()
        await self._until(lambda: self.way.forgeries > before)
        self.way.forged = None

    async def kill_a_worker(self) -> None:
        pids = await asyncio.to_thread(self.bridge.wait_for_workers, other_than=[])
        killed = self.chance.choice(pids)
        os.kill(killed, signal.SIGKILL)
        await asyncio.to_thread(self.bridge.wait_for_workers, other_than=[killed])

    async def restart_the_bridge(self) -> None:
        ended = await asyncio.to_thread(self.bridge.stop)
        assert ended.code == 0, ended.error
        assert self.bridge.process.stdout is not None
        self.bridge.process.stdout.close()
        await asyncio.to_thread(self.bridge.start)
        self.way.turn(self.bridge.port)

    async def cut_the_store(self) -> None:
        self._stores.way.cut()

    async def stall_the_store(self) -> None:
        """Hold the lines to it, longer than a worker waits for an answer."""
        self._stores.way.hold()
        await asyncio.sleep(self.chance.uniform(0.8, 1.5))
        self._stores.way.go_on()

    async def lose_answers_of_the_store(self) -> None:
        """Have messages published of which no worker is told that they were, so that it tries again."""
        self._stores.way.hold(answers_only=True)
        await self.publisher.commit(5)
        # The leader looks once a second, and gives up after half a second.
        await asyncio.sleep(2.0)
        self._stores.way.cut()
        self._stores.way.go_on()

    async def hold_the_store(self) -> None:
        self._stores.primary.signal(signal.SIGSTOP)
        await asyncio.sleep(self.chance.uniform(0.8, 1.5))
        self._stores.primary.signal(signal.SIGCONT)

    async def restart_the_store(self) -> None:
        await self._stores.restart()
        await self._stores.copied()

    async def fail_over(self) -> None:
        """Promote a replica that lacks messages that were delivered, and publish more than it lacks."""
        self._stores.let_the_replica_lag()
        units = self.chance.randint(3, 8)
        await self.publisher.commit(units)
        lost = dict(self.publisher.committed)
        await self._until(lambda: any(each.notes.has_come_to(lost) for each in self.followers))
        await self._stores.fail_over()
        await self.publisher.commit(units + 2)

    async def do(self, act: Act) -> None:
        await act()
        self.done[act.__name__] += 1

    @property
    def _stores(self) -> Stores:
        assert self.stores is not None
        return self.stores

    async def worked_off(self, *, but: int = 0) -> None:
        """Wait until no more than this waits to be published."""
        async with asyncio.timeout(SETTLED_SECONDS):
            while (await self.database.read(count_states))["pending"] > but:  # noqa: ASYNC110 - nor does the database
                await asyncio.sleep(0.05)

    async def _until(self, condition: Callable[[], bool], *, seconds: float = SETTLED_SECONDS) -> None:
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.02)

    async def _settle(self) -> None:
        """Wait until a message has told everybody of the last commit; who is reset after one waits for another."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + SETTLED_SECONDS
        while loop.time() < ends:
            await self.publisher.commit_each()
            with contextlib.suppress(TimeoutError):
                await self._until(self._has_settled, seconds=SETTLED_SECONDS / 6)
                return
        raise AssertionError(f"not everybody came to the top: {self._behind()}; {self.summary()}")

    def _behind(self) -> dict[str, object]:
        """Return those that did not come to the top, with the last of what they wrote down."""
        committed = self.publisher.committed
        return {
            each.name: {
                channel: (number, committed[channel], each.notes.events[channel][-2:])
                for channel, number in each.notes.numbers.items()
            }
            for each in self.followers
            if each.notes.numbers != committed
        }

    def _has_settled(self) -> bool:
        return all(each.notes.has_come_to(self.publisher.committed) for each in self.followers)

    def _records(self, channel: str) -> Records:
        return {each.name: each.notes.events[channel] for each in self.followers}

    def _end(self, channel: str) -> End:
        return End(self.followers[0].notes.places[channel], self.publisher.committed[channel])


@asynccontextmanager
async def storm(engine: Engine, folder: Path, config: DatabaseConfig, *, seed: int) -> AsyncIterator[Storm]:
    """Serve a bridge in processes of its own: one worker with channels in its memory, or two over a Valkey server."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    settings = {
        "TOOLBOXAI_DATABASE_URL": config.url.reveal(),
        "TOOLBOXAI_LOG_LEVEL": "warning",
        "TOOLBOXAI_DRAIN_SECONDS": "2",
        # With any port: clients name that of the way.
        "TOOLBOXAI_ALLOWED_HOSTS": "127.0.0.1",
    }
    channels = (f"tenant/{SCHOOL}", *(f"project/{SCHOOL}/{new_id()}" for _ in range(2)))
    async with AsyncExitStack() as stack:
        pair = None
        if engine == "redis":
            pair = await stack.enter_async_context(stores(lambda: chance.choice(GOINGS[:4])))
            settings |= {
                "TOOLBOXAI_WORKERS": "2",
                "TOOLBOXAI_REALTIME_ENGINE": "redis",
                "TOOLBOXAI_REDIS_URL": pair.url,
            }
        bridge = stack.enter_context(BridgeProcess(folder, module=MODULE, settings=settings))
        await asyncio.to_thread(bridge.start)
        limit = ClientTimeout(total=None, connect=5.0)
        connector = TCPConnector(limit=0)
        client = await stack.enter_async_context(ClientSession(timeout=limit, connector=connector))
        async with client.post(f"http://127.0.0.1:{bridge.port}{SEED}") as seeded:
            assert seeded.status == 200, await seeded.text()
        database = await stack.enter_async_context(open_database(config))
        way = await stack.enter_async_context(rough_way(bridge.port, lambda: chance.choice(GOINGS)))
        publisher = Publisher(database, channels, channels[2:], chance)
        yield Storm(engine, bridge, database, client, way, pair, publisher, channels, chance)
        ended = await asyncio.to_thread(bridge.stop)
        assert ended.code == 0, ended.error
