"""Start a process that writes, follow what it says, and compare that with what is in the database."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from backend.db.claims import ClaimRow
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.outbox import OutboxEntry
from backend.db.unit import Transaction
from tests.integration.db import ledger

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 30.0


@dataclass
class Writing:
    """What one process has said so far."""

    account: str
    process: subprocess.Popen[str]
    kept: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    worst_seconds: float = 0.0
    ready: bool = False
    killed: bool = False

    def follow(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.endswith("\n"):
                return  # cut off by the end of the process: it never said it
            said = json.loads(line)
            self.ready = self.ready or "ready" in said
            self.worst_seconds = max(self.worst_seconds, said.get("seconds", 0.0))
            if "kept" in said:
                self.kept.append(said["kept"])
            elif "refused" in said:
                self.refused.append(said["refused"])
                self.reasons.add(said["why"])

    def kill(self) -> None:
        """End it as `kill -9` does, in whatever it is doing."""
        self.killed = True
        self.process.kill()

    def until(self, true: Callable[["Writing"], object]) -> None:
        end = time.monotonic() + WAIT_SECONDS
        while not true(self):
            assert self.process.poll() is None, f"the writing process ended with {self.process.returncode}"
            assert time.monotonic() < end, f"it did not come to that: {self}"
            time.sleep(0.002)

    def more_kept(self, count: int = 30) -> None:
        enough = len(self.kept) + count
        self.until(lambda writing: len(writing.kept) >= enough)

    def more_refused(self, count: int = 30) -> None:
        enough = len(self.refused) + count
        self.until(lambda writing: len(writing.refused) >= enough)


@contextmanager
def writing(
    config: DatabaseConfig, account: str = "a", *, writers: int = 8, environment: Mapping[str, str] | None = None
) -> Iterator[Writing]:
    """Leaving the block ends the process in order; one that was killed before is only waited for."""
    search_path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.chaos.unit_writer", config.url.reveal(), account, str(writers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {}), "PYTHONPATH": search_path},
    )
    followed = Writing(account, process)
    following = threading.Thread(target=followed.follow)
    following.start()
    try:
        followed.until(lambda writing: writing.ready)
        yield followed
        if not followed.killed:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(WAIT_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        following.join()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


async def assert_nothing_kept_is_lost(config: DatabaseConfig, *told: Writing) -> None:
    """Every write that was told to be kept is there with its claim and its outbox row, and none is there in part."""

    async def unit(transaction: Transaction) -> tuple[set[tuple[str, int]], set[tuple[str, int]], set[tuple[str, int]]]:
        entries = await transaction.execute(select(ledger.ENTRIES.c.account, ledger.ENTRIES.c.amount))
        claimed = await transaction.execute(select(ClaimRow.principal_id, ClaimRow.body))
        queued = await transaction.execute(select(OutboxEntry.tenant_id, OutboxEntry.body))
        return (
            {(row["account"], row["amount"]) for row in entries.mappings()},
            {(row["principal_id"], int(row["body"])) for row in claimed.mappings()},
            {(row["tenant_id"], json.loads(row["body"])["amount"]) for row in queued.mappings()},
        )

    async with open_database(config) as database:
        effects, claims, queued = await database.read(unit)
    for one in told:
        assert {(one.account, amount) for amount in one.kept} <= effects, "an acknowledged write is gone"
    assert effects == claims == queued, "a write was kept in part"
