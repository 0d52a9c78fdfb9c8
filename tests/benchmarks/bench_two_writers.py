"""How long one of two processes waits that write the same SQLite file without a pause."""

import asyncio
import tempfile
import time
from pathlib import Path

from backend.db.config import DatabaseConfig, sqlite_config
from backend.db.migrations.run import migrate
from tests.benchmarks.figure import Figure
from tests.chaos.writing import Writing, writing
from tests.integration.db import ledger

SECONDS = 5.0
# A run is long; a few of them tell what many short ones would not.
PAIRS_PER_RUN = 5
WRITERS = 8


def measure(pairs: int) -> list[Figure]:
    told = [one for _ in range(max(1, pairs // PAIRS_PER_RUN)) for one in _run()]
    worst = max(one.worst_seconds for one in told) * 1000
    refused = sum(len(one.refused) for one in told)
    rates = sorted(len(one.kept) / SECONDS for one in told)
    note = (
        f"two processes with {WRITERS} writers each, {len(told) // 2} runs of {SECONDS:g} s; {refused} refused; "
        f"{rates[0]:,.0f} to {rates[-1]:,.0f} units/s a process"
    )
    return [Figure("two processes write SQLite at once: worst wait of either", f"{worst:.0f} ms", "<= 250 ms", note)]


def _run() -> tuple[Writing, Writing]:
    with tempfile.TemporaryDirectory() as folder:
        config = sqlite_config(Path(folder) / "both.db")
        migrate(config)
        asyncio.run(_create(config))
        with writing(config, "a", writers=WRITERS) as one, writing(config, "b", writers=WRITERS) as other:
            time.sleep(SECONDS)
        return one, other


async def _create(config: DatabaseConfig) -> None:
    await ledger.create_in(config)
