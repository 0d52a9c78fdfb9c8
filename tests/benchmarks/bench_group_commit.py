"""What sharing a commit is worth: the units of 50 concurrent writers against the same units one by one, on SQLite."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from backend.db import claims
from backend.db.config import DatabaseConfig, sqlite_config
from backend.db.database import open_database
from backend.db.migrations.run import migrate
from backend.db.unit import Database, Transaction, Unit
from tests.benchmarks import pairs as timing
from tests.benchmarks.figure import Figure
from tests.integration.db import ledger

WRITERS = 50
UNITS_TOGETHER = 1_000
UNITS_ONE_BY_ONE = 200

Make = Callable[[], Unit[None]]


def measure(pairs: int) -> list[Figure]:
    note = f"{WRITERS} writers, synchronous=FULL, against one writer that waits for each commit"
    with _opened() as (run, together, alone):
        whole = timing.ratio(lambda: run(alone, 1, _mutation), lambda: run(together, WRITERS, _mutation), pairs=pairs)
        bare = timing.ratio(lambda: run(alone, 1, _row), lambda: run(together, WRITERS, _row), pairs=pairs)
        hops = timing.ratio(
            lambda: run(alone, WRITERS, _mutation), lambda: run(together, WRITERS, _mutation), pairs=pairs
        )
    return [
        Figure("group commit, claim + effect + answer", f"{whole}", ">= 3", f"{note}; {_rates(whole)}"),
        Figure("group commit, bare rows", f"{bare}", "", f"{note}; {_rates(bare)}"),
        Figure("group commit, against a commit for each of the 50 writers' units", f"{hops}", "", _rates(hops)),
    ]


def _rates(ratio: timing.Ratio) -> str:
    return f"{1 / ratio.b_median:,.0f} units/s together, {1 / ratio.a_median:,.0f} one by one"


@contextmanager
def _opened() -> Iterator[tuple[Callable[[Database, int, Make], float], Database, Database]]:
    """Two databases on the disk of the temporary folder: one as it is, and one that commits each unit by itself."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def made(config: DatabaseConfig) -> Database:
            await asyncio.to_thread(migrate, config)
            database = await stack.enter_async_context(open_database(config))
            await ledger.create_in(config)
            return database

        together = runner.run(made(sqlite_config(Path(folder) / "together.db")))
        alone = runner.run(made(replace(sqlite_config(Path(folder) / "alone.db"), group_seconds=0)))
        try:
            yield lambda database, writers, make: runner.run(_run(database, writers, make)), together, alone
        finally:
            runner.run(stack.aclose())


async def _run(database: Database, writers: int, make: Make) -> float:
    """Return the seconds a unit took."""
    units = UNITS_TOGETHER if writers > 1 else UNITS_ONE_BY_ONE

    async def write() -> None:
        for _ in range(units // writers):
            await database.write(make())

    started = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(writers)))
    return (time.perf_counter() - started) / units


_numbers = itertools.count()


def _mutation() -> Unit[None]:
    """Make the unit of a mutation: claim, effect, stored answer."""
    number = next(_numbers)

    async def unit(transaction: Transaction) -> None:
        scope = claims.Scope(None, "person", "1", "POST", "/api/v1/entries", str(number))
        claimed = await claims.insert(transaction, scope, fingerprint=b"f" * 32)
        assert isinstance(claimed, claims.Claimed)
        await ledger.write(transaction, "a", number)
        await claims.finish(transaction, claimed, claims.StoredAnswer(201, (("Location", "/x/1"),), b"x" * 200))

    return unit


def _row() -> Unit[None]:
    number = next(_numbers)
    return lambda transaction: ledger.write(transaction, "a", number)
