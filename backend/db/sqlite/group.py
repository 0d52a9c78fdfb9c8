"""Run waiting units in one transaction and commit them together. Everything here runs in the writer's thread."""

import sqlite3
import time
from collections.abc import Callable

import sqlalchemy

from backend.db.config import DatabaseConfig
from backend.db.fresh import FreshRows
from backend.db.sqlite.clocked import Clocked
from backend.db.sqlite.failures import reason_of, unavailable
from backend.db.sqlite.job import Job
from backend.db.sqlite.transaction import SQLiteTransaction
from backend.db.unit import unconfirmed
from backend.errors import DatabaseUnavailable


class GroupLost(Exception):
    """Nothing of the group was kept, or nobody can say that it was: every unit of it fails with `told`."""

    def __init__(self, told: DatabaseUnavailable, *, begun: bool = True) -> None:
        super().__init__(told.sentence)
        self.told = told
        self.begun = begun


class Group:
    """One transaction after another on one connection."""

    def __init__(self, config: DatabaseConfig, connection: sqlalchemy.Connection, raw: sqlite3.Connection) -> None:
        self._config = config
        self._connection = connection
        self._raw = raw
        self._control = sqlite3.Cursor(raw)
        self._clocked = Clocked(raw, config.unit_seconds)

    def run(self, jobs: list[Job], following: Callable[[], Job | None], fresh: FreshRows | None) -> None:
        """Run the one job given and those that wait, adding them to the list, until the group's time is over; commit.

        Units are run in a savepoint each, so that one that fails leaves the others alone. Even its own error is told
        only after the commit: it may have been caused by what another unit of the group wrote.
        """
        self._send("BEGIN IMMEDIATE", begun=False)
        ends = time.monotonic() + self._config.group_seconds
        self._run_unit(jobs[0], fresh)
        while time.monotonic() < ends and (job := following()) is not None:
            jobs.append(job)
            self._run_unit(job, fresh)
        self._commit()

    def _run_unit(self, job: Job, fresh: FreshRows | None) -> None:
        transaction = SQLiteTransaction(self._connection, self._raw, fresh, tenant=job.tenant)
        self._send("SAVEPOINT unit")
        error = self._clocked.run(job, transaction)
        # An error may have ended the transaction by itself (a full disk, OR ROLLBACK), whether the unit caught it or
        # not. The units before it are lost then, and a savepoint now would begin a transaction of its own.
        if not self._raw.in_transaction:
            raise GroupLost(DatabaseUnavailable("SQLite ended the transaction; nothing was kept. Try again."))
        if error is not None:
            self._send("ROLLBACK TO unit")
        self._send("RELEASE unit")

    def _commit(self) -> None:
        try:
            self._control.execute("COMMIT")
        except sqlite3.Error as error:
            # Undone for now; but what has reached the disk may turn up again if the process ends at this moment.
            raise GroupLost(unconfirmed(reason_of(error))) from error

    def _send(self, words: str, *, begun: bool = True) -> None:
        try:
            self._control.execute(words)
        except sqlite3.Error as error:
            told = unavailable(error) or DatabaseUnavailable(f"SQLite refused {words}; nothing was kept. Try again.")
            raise GroupLost(told, begun=begun) from error
