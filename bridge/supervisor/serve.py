"""`toolboxai serve`, from the first check to the exit code."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Final

from bridge.settings import Loaded
from bridge.started import Started
from bridge.supervisor.preparation import prepared
from bridge.supervisor.shared_table import SharedTable, make_table
from bridge.supervisor.stdio import keep_standard_descriptors
from bridge.supervisor.stop_signals import StopSignals
from bridge.supervisor.worker import Worker
from bridge.supervisor.worker_command import WorkerCommand

# Files of the bridge are its owner's alone, the database among them.
OWNER_ONLY_UMASK: Final = 0o077


def serve(
    loaded: Loaded,
    *,
    announce: Callable[[Started], None] = lambda _started: None,
    worker: WorkerCommand = WorkerCommand(),  # noqa: B008 - frozen
) -> int:
    """Run a bridge until it is told to stop; return the exit code, or raise an OperatorError."""
    settings = loaded.settings
    keep_standard_descriptors()
    os.umask(OWNER_ONLY_UMASK)
    workers: list[Worker] = []
    in_this_process = settings.workers == 0 or sys.platform == "win32"

    def spawn(number: int) -> Worker:
        return _new_worker(number, worker, held.listeners, table, in_this_process=in_this_process)

    def end_at_once(number: signal.Signals) -> None:
        for each in workers:
            each.kill()
        os._exit(128 + number)

    with StopSignals(end_at_once) as signals, prepared(settings) as held:
        table = None if in_this_process else make_table()
        rights_changed = (lambda: None) if table is None else table.revoke
        # Spawned before anything slow is imported here: they import at the same time.
        workers += [spawn(number) for number in range(max(settings.workers, 1))]
        from bridge.observability.logs import configure  # noqa: PLC0415 - see above
        from bridge.supervisor.supervise import supervise  # noqa: PLC0415

        configure(settings.log_level)
        running = supervise(
            settings,
            held,
            signals,
            workers=workers,
            spawn=spawn,
            announce=announce,
            rights_changed=rights_changed,
        )
        return asyncio.run(running)


def _new_worker(
    number: int,
    command: WorkerCommand,
    listeners: Sequence[socket.socket],
    table: SharedTable | None,
    *,
    in_this_process: bool,
) -> Worker:
    if in_this_process:
        from bridge.supervisor.local_worker import LocalWorker  # noqa: PLC0415 - the application itself

        return LocalWorker(number, command, listeners)
    from bridge.supervisor.worker_process import WorkerProcess  # noqa: PLC0415 - not on Windows

    return WorkerProcess(number, command, listeners, table)
