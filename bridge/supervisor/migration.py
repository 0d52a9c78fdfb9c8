"""The database is brought to this program's revision by the supervisor, and by nobody else."""

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.db.config import DatabaseConfig
    from backend.db.migrations.run import MigrationReport

_log = logging.getLogger(__name__)


async def bring_up_to_date(config: "DatabaseConfig") -> None:
    """Migrate where there is something to do; DatabaseError for a foreign or newer database."""
    # SQLAlchemy is imported only now, while the workers start.
    from backend.db.migrations.revisions import head  # noqa: PLC0415
    from backend.db.migrations.state import current  # noqa: PLC0415

    if await current(config) == head():
        return
    report = await _migrate(config)
    _log.info("the database was migrated", extra={"found": report.before, "revision": report.after})


async def _migrate(config: "DatabaseConfig") -> "MigrationReport":
    from backend.db.migrations.run import migrate  # noqa: PLC0415 - Alembic, only when it is needed

    # It tells every step of its own set-up; what was done is told below in one line.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    loop = asyncio.get_running_loop()
    done: asyncio.Future[MigrationReport] = loop.create_future()

    def settle(report: "MigrationReport | None", error: Exception | None) -> None:
        if done.done():
            return  # nobody waits any more: the bridge was stopped meanwhile
        if error is not None:
            done.set_exception(error)
        elif report is not None:
            done.set_result(report)

    def work() -> None:
        report, error = None, None
        try:
            report = migrate(config)
        except Exception as raised:  # noqa: BLE001 - raised again where it is waited for
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, report, error)

    # A daemon: Ctrl-C need not wait for it, since a migration that is cut off leaves nothing behind.
    threading.Thread(target=work, name="migration", daemon=True).start()
    return await done
