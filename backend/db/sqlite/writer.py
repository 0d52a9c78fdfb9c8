"""The one writer of a process: its thread, its connection, and what its callers are told when something breaks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy

from backend.db.config import DatabaseConfig
from backend.db.fresh import FreshRows
from backend.db.sqlite.connection import close_broken, opened
from backend.db.sqlite.group import Group, GroupLost
from backend.db.sqlite.job import Job
from backend.db.sqlite.lane import Lane
from backend.db.sqlite.turnstile import Turnstile
from backend.errors import DatabaseUnavailable, InternalError, OperatorError


class Writer:
    """Lives in its thread. A connection on which anything broke is closed, and the next group opens a new one."""

    def __init__(
        self, lane: Lane, engine: sqlalchemy.Engine, config: DatabaseConfig, fresh: Callable[[], FreshRows | None]
    ) -> None:
        self._lane = lane
        self._engine = engine
        self._config = config
        self._fresh = fresh
        self._turnstile = Turnstile(config.sqlite_path, wait_seconds=config.turn_seconds)
        self._connection = ExitStack()
        self._group: Group | None = None

    @contextmanager
    def working(self) -> Iterator[Callable[[Job], None]]:
        self._opened()
        try:
            yield self._work
        finally:
            self._close()

    def _work(self, job: Job) -> None:
        jobs = [job]
        try:
            with self._turnstile.passed():
                self._run(jobs)
        except GroupLost as lost:
            self._fail(jobs, lost.told, lost, waiting_too=not lost.begun)
        except DatabaseUnavailable as told:
            self._fail(jobs, told, told, waiting_too=True)
        except OperatorError as error:
            self._fail(jobs, DatabaseUnavailable(error.sentence), error, waiting_too=True)
        except Exception as error:  # noqa: BLE001 -- the boundary of the thread: a defect must not end the writer
            self._fail(jobs, InternalError("The writer of the database met a defect; nothing was kept."), error)
        self._lane.answer(jobs)

    def _run(self, jobs: list[Job]) -> None:
        try:
            self._opened().run(jobs, self._lane.take_waiting, self._fresh())
        except BaseException:
            self._close()  # ends its transaction while the turn is still ours
            raise

    def _fail(
        self,
        jobs: list[Job],
        told: DatabaseUnavailable | InternalError,
        cause: BaseException,
        *,
        waiting_too: bool = False,
    ) -> None:
        # To come this far took seconds of waiting; those who came meanwhile would wait as long, one after another.
        while waiting_too and (job := self._lane.take_waiting()) is not None:
            jobs.append(job)
        for job in jobs:
            error = type(told)(told.sentence)
            error.__cause__ = cause
            job.fail(error)

    def _opened(self) -> Group:
        if self._group is None:
            connection, raw = self._connection.enter_context(opened(self._engine))
            self._group = Group(self._config, connection, raw)
        return self._group

    def _close(self) -> None:
        self._group = None
        close_broken(self._connection)
