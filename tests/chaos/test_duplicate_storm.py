"""Every signed request comes several times at once while workers are killed and held: each has one effect at most.

Here whole processes of a bridge are asked over real connections, and the effects are rows. That the window itself lets
each of a million numbers in once, in either store, is asked without a bridge in test_valkey_failover.py.
"""

import asyncio
import json
import os
import random
import signal
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
import pytest
from sqlalchemy import select

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Transaction
from tests.chaos import storm_sender
from tests.integration.gate.signer import Signer, written
from tests.integration.gate.store_house import STORES, Kind
from tests.integration.serve.bridge_process import START_LIMIT_SECONDS, BridgeProcess
from tests.integration.serve.gate_app import STROKES
from tests.integration.serve.served import Served, served
from tests.integration.serve.test_signed import Connection, opened
from tests.ledger.notes.models import NoteRow
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import SCHOOL

SEED: Final = 20_260_801
SENDERS: Final = 3
SESSIONS: Final = 2
THINGS_A_ROUND: Final = 30
ROUNDS_MOST: Final = 10_000
# What a copy may be answered that was not let in, or has to be sent again.
REFUSALS: Final = {"replayed", "in_progress", "store_unavailable", "database_unavailable", "overloaded", "stopping"}


@dataclass(slots=True)
class Thing:
    """Something to do, under one idempotency key; each time it is sent it has another number."""

    name: str
    path: str
    signer: Signer
    is_done: bool = False


@dataclass(slots=True)
class Tally:
    """What clients were told. A number is known by its session and itself."""

    let_in: Counter[str] = field(default_factory=Counter)
    # The bodies that were answered for each note.
    notes: dict[str, set[str]] = field(default_factory=dict)
    strokes: set[str] = field(default_factory=set)
    codes: Counter[str] = field(default_factory=Counter)
    sent: int = 0


class Sender:
    """A process of its own that sends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def answers(self, order: list[tuple[int, str, int]]) -> list[tuple[int, int, str]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(order).encode() + b"\n")
        found: list[tuple[int, int, str]] = json.loads(await stdout.readline())
        return found


@asynccontextmanager
async def sender(port: int) -> AsyncIterator[Sender]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", storm_sender.__name__, str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    try:
        yield Sender(process)
    finally:
        process.kill()
        await process.wait()


async def disturb(bridge: BridgeProcess, *, kills: int, holds: int) -> None:
    """Kill so many workers and hold so many for a while, in an order by chance."""
    chance = random.Random(SEED + 1)  # noqa: S311 - no secret
    acts = [signal.SIGKILL] * kills + [signal.SIGSTOP] * holds
    chance.shuffle(acts)
    killed: set[int] = set()
    for act in acts:
        await asyncio.sleep(chance.uniform(0.02, 0.3))  # in the middle of whatever they do
        pid = chance.choice(await ready_workers(bridge, but=killed))
        os.kill(pid, act)
        if act is signal.SIGKILL:
            killed.add(pid)
            continue
        await asyncio.sleep(chance.uniform(0.05, 0.4))  # longer than a request takes
        os.kill(pid, signal.SIGCONT)


async def ready_workers(bridge: BridgeProcess, *, but: set[int]) -> list[int]:
    """Wait until there are some."""
    async with asyncio.timeout(START_LIMIT_SECONDS):
        while True:
            status = await asyncio.to_thread(lambda: bridge.status)
            if found := [each.pid for each in status.workers if each.state == "ready" and each.pid not in but]:
                return found
            await asyncio.sleep(0.01)


async def one_round(senders: list[Sender], things: list[Thing], tally: Tally, chance: random.Random) -> None:
    """Send each thing with a new number, in two to five copies from several processes at once."""
    numbers: list[str] = []
    orders: list[list[tuple[int, str, int]]] = [[] for _ in senders]
    for place, thing in enumerate(things):
        number = f"{thing.signer.session.sid} {thing.signer.number + 1}"
        numbers.append(number)
        text = thing.name if thing.path == NOTES else f"stroke {number}"
        body = orjson.dumps({"text": text})
        raw = b64encode(written(thing.signer.sign("POST", thing.path, body, idempotency_key=thing.name))).decode()
        for at, copies in Counter(chance.choices(range(len(senders)), k=chance.randint(2, 5))).items():
            orders[at].append((place, raw, copies))
            tally.sent += copies
    for answers in await asyncio.gather(*(each.answers(order) for each, order in zip(senders, orders, strict=True))):
        for place, status, body_text in answers:
            note_answer(tally, things[place], numbers[place], status, body_text)


def note_answer(tally: Tally, thing: Thing, number: str, status: int, body: str) -> None:
    if status >= 400:
        code = json.loads(body)["code"]
        assert code in REFUSALS, body
        tally.codes[code] += 1
        return
    tally.let_in[number] += 1
    thing.is_done = True
    if thing.path == NOTES:
        assert status == 201
        tally.notes.setdefault(thing.name, set()).add(body)
    else:
        assert status == 204
        tally.strokes.add(f"stroke {number}")


def check(tally: Tally, rows: Counter[str], asked: set[str]) -> None:
    """Compare what clients were told, and asked for, with what is there."""
    assert {} == {number: times for number, times in tally.let_in.items() if times > 1}, "a number was let in twice"
    assert {} == {text: times for text, times in rows.items() if times > 1}, "an effect is there twice"
    assert asked == {text for text in rows if text.startswith("note-")}, "a note that was asked for, or not, and is not"
    assert asked == tally.notes.keys()
    assert {} == {name: bodies for name, bodies in tally.notes.items() if len(bodies) > 1}, "two answers to one key"
    assert set() == tally.strokes - rows.keys(), "an effect was told and is not there"


async def rows_of(config: DatabaseConfig) -> Counter[str]:
    async def unit(tx: Transaction) -> Counter[str]:
        return Counter((await tx.execute(select(NoteRow.text).where(NoteRow.tenant_id == SCHOOL))).scalars())

    async with open_database(config) as database:
        return await database.read(unit, tenant=SCHOOL)


async def storm(bridge: Served, tally: Tally, *, things: int, kills: int, holds: int) -> set[str]:
    """Have so many things done at least, and go on until all was disturbed; return the notes asked for."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    connection = Connection(bridge.bridge.port)
    signers = [opened(connection, bridge.bridge.port) for _ in range(SESSIONS)]
    connection.close()
    asked: set[str] = set()
    made = 0
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        senders = [await stack.enter_async_context(sender(bridge.bridge.port)) for _ in range(SENDERS)]
        disturbing = tasks.create_task(disturb(bridge.bridge, kills=kills, holds=holds))
        open_things: list[Thing] = []
        while True:
            is_enough = made >= things and disturbing.done()
            while not is_enough and len(open_things) < THINGS_A_ROUND:
                made += 1
                path = chance.choice((NOTES, STROKES))
                open_things.append(Thing(f"note-{made:016}", path, chance.choice(signers)))
                if path == NOTES:
                    asked.add(open_things[-1].name)
            if not open_things:
                return asked
            await one_round(senders, open_things, tally, chance)
            open_things = [thing for thing in open_things if not thing.is_done]


@pytest.mark.timeout(180)
async def test_of_the_copies_of_a_request_one_has_an_effect_while_workers_are_killed_and_held(
    tmp_path: Path, sqlite_database: DatabaseConfig, valkey_url: str
) -> None:
    await whole_storm(tmp_path, sqlite_database, valkey_url, things=60, kills=1, holds=3)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", STORES)
async def test_of_the_copies_of_a_request_one_has_an_effect_in_a_long_storm(
    tmp_path: Path, database_config: DatabaseConfig, kind: Kind, valkey_url: str
) -> None:
    of_redis = {
        "TOOLBOXAI_GATE_STORE": "redis",
        # On a machine that others use too.
        "TOOLBOXAI_REDIS_GIVE_UP_SECONDS": "5",
    }
    more = of_redis if kind == "redis" else {}
    await whole_storm(tmp_path, database_config, valkey_url, things=20_000, kills=40, holds=80, **more)


async def whole_storm(
    folder: Path, config: DatabaseConfig, valkey_url: str, *, things: int, kills: int, holds: int, **more: str
) -> None:
    tally = Tally()
    async with served(folder / "data", config, valkey_url, **more) as bridge:
        asked = await storm(bridge, tally, things=things, kills=kills, holds=holds)
        bridge.bridge.wait_for_workers(other_than=[])
    check(tally, await rows_of(config), asked)
    assert tally.sent >= 2 * things
    # Copies did meet each other.
    assert tally.codes["replayed"] >= things / 2


def _told(*, let_in: int = 1, bodies: tuple[str, ...] = ("{}",)) -> Tally:
    return Tally(Counter({"sid 1": let_in}), {"note-1": set(bodies)}, {"stroke sid 2"})


_ROWS: Final = Counter({"note-1": 1, "stroke sid 2": 1})


def test_the_check_passes_what_is_right() -> None:
    check(_told(), _ROWS, {"note-1"})


@pytest.mark.parametrize(
    ("tally", "rows", "asked"),
    [
        (_told(let_in=2), _ROWS, {"note-1"}),
        (_told(), _ROWS + Counter({"stroke sid 2": 1}), {"note-1"}),
        (_told(), _ROWS + Counter({"note-1": 1}), {"note-1"}),
        (_told(), _ROWS - Counter({"note-1": 1}), {"note-1"}),
        (_told(), _ROWS - Counter({"stroke sid 2": 1}), {"note-1"}),
        (_told(), _ROWS, {"note-1", "note-2"}),
        (_told(bodies=("{}", "[]")), _ROWS, {"note-1"}),
    ],
    ids=["number twice", "stroke twice", "note twice", "note lost", "stroke lost", "never done", "two answers"],
)
def test_the_check_finds_what_is_wrong(tally: Tally, rows: Counter[str], asked: set[str]) -> None:
    with pytest.raises(AssertionError):
        check(tally, rows, asked)
