"""The life of a bridge, from its first worker to its last."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from backend.errors import WorkerFailed
from bridge.observability import loop_errors
from bridge.settings import Settings, to_wire
from bridge.settings.database import database_config, migration_config
from bridge.started import Started
from bridge.supervisor import way_in
from bridge.supervisor.control_commands import commands
from bridge.supervisor.control_server import ControlServer
from bridge.supervisor.crew import Crew
from bridge.supervisor.figures import Figures
from bridge.supervisor.first_of import first_of
from bridge.supervisor.health import Health
from bridge.supervisor.listeners import close_all
from bridge.supervisor.migration import bring_up_to_date
from bridge.supervisor.ops import Ops
from bridge.supervisor.preparation import Prepared
from bridge.supervisor.status import Status
from bridge.supervisor.stop_signals import StopSignals
from bridge.supervisor.worker import Worker
from bridge.worker.leftovers import end_leftovers

# A worker needs a moment beyond the drain to close its database; one that takes longer is killed.
WORKER_CLOSE_SECONDS: Final = 1.5

_log = logging.getLogger(__name__)


async def supervise(
    settings: Settings,
    held: Prepared,
    signals: StopSignals,
    *,
    workers: list[Worker],
    spawn: Callable[[int], Worker],
    announce: Callable[[Started], None],
    rights_changed: Callable[[], None],
) -> int:
    """Run the bridge until it is told to stop; return the exit code."""
    loop = asyncio.get_running_loop()
    loop_errors.install(loop)
    stop = asyncio.Event()
    signals.tell(partial(loop.call_soon_threadsafe, stop.set))
    figures = Figures()
    crew = Crew(workers, to_wire(settings).decode(), spawn=spawn, keep_totals=figures.keep)
    health = Health(crew)
    status = Status(crew, held.urls, held.ops_url, started_at=time.monotonic())
    database = database_config(settings)
    control = ControlServer(commands(status, stop.set, rights_changed))
    ops = Ops({"/metrics": lambda: figures.page(crew), "/health/ready": health.ready, "/health/live": health.live})
    try:
        await crew.start()
        await control.open(settings.data_dir)
        await ops.open(held.ops_listeners)
        if await _unless(stop, bring_up_to_date(migration_config(settings))):
            first_link = await way_in.prepare(settings, database, held.urls[0])
            crew.go()
            if await _unless(stop, crew.until_ready()):
                started = Started(
                    held.urls,
                    held.ops_url,
                    settings.data_dir,
                    database.shown,
                    settings.workers,
                    os.getpid(),
                    first_link,
                )
                _say(announce, started)
                await _unless(stop, crew.until_hopeless())
    finally:
        health.draining = True
        close_all(held.listeners)  # each worker has its own, and lets in who already waits there
        in_order = await crew.drain(settings.drain_seconds + WORKER_CLOSE_SECONDS)
        await control.close()
        await ops.close()
    if not await end_leftovers():
        _log.error("a request could not be given up: the bridge ends without it")
        os._exit(WorkerFailed.exit_code)
    return 0 if in_order else WorkerFailed.exit_code


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do the work unless the bridge is told to stop meanwhile; return whether it was done."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        await first_of(working, stopping)
        if not working.done():
            return False
        await working
        return True
    finally:
        working.cancel()
        stopping.cancel()


def _say(announce: Callable[[Started], None], started: Started) -> None:
    _log.info("the bridge is ready", extra={"workers": started.workers})
    try:
        announce(started)
    except OSError:
        # Nobody reads standard output any more; those who use the bridge are not harmed by that.
        _log.warning("the start could not be announced: standard output is closed")
