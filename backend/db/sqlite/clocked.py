"""Run one unit in this thread within its time."""

import sqlite3
import time
from typing import Final

from backend.db.driving import run_whole
from backend.db.sqlite.job import Job
from backend.db.sqlite.transaction import SQLiteTransaction
from backend.db.unit import SWALLOWED, UnitRefused
from backend.errors import DatabaseUnavailable

# SQLite asks whether to go on after so many of its own steps: about every tenth of a millisecond.
_STEPS_BETWEEN_LOOKS: Final = 10_000


class Clocked:
    def __init__(self, raw: sqlite3.Connection, seconds: float) -> None:
        self._seconds = seconds
        self._ends = float("inf")
        raw.set_progress_handler(self._is_over, _STEPS_BETWEEN_LOOKS)

    def run(self, job: Job, transaction: SQLiteTransaction) -> BaseException | None:
        """Leave the result or the error in the job; return the error if what the unit wrote must be rolled back."""
        self._ends = time.monotonic() + self._seconds
        try:
            job.result = job.context.run(lambda: run_whole(job.unit(transaction)))
            self._refuse(transaction)
        except BaseException as error:  # noqa: BLE001 -- whatever a unit raises is its caller's, the thread goes on
            job.fail(self._told(error))
        else:
            job.callbacks = tuple(transaction.callbacks)
        finally:
            self._ends = float("inf")
            transaction.close()
        return job.error

    def _refuse(self, transaction: SQLiteTransaction) -> None:
        if transaction.failed:
            raise UnitRefused(SWALLOWED)
        if self._is_over():
            raise DatabaseUnavailable(self._sentence)

    def _told(self, error: BaseException) -> BaseException:
        # Interrupted by the clock, which is more to the point than what SQLite says about it.
        if isinstance(error, DatabaseUnavailable) and self._is_over():
            told = DatabaseUnavailable(self._sentence)
            told.__cause__ = error
            return told
        return error

    @property
    def _sentence(self) -> str:
        return f"The work took longer than {self._seconds:g} s at the database and was rolled back. Try again."

    def _is_over(self) -> bool:
        return time.monotonic() > self._ends
