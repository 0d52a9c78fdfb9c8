"""Which checks `toolboxai doctor` makes, in the order in which they build on each other."""

import platform as running_platform
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from bridge.check_result import CheckResult
from bridge.cli.checks import folder, machine, network, runtime
from bridge.cli.checks.verdicts import attempt, bad, doubtful, good

if TYPE_CHECKING:
    from bridge.settings import Loaded

_CURE = "change it where it is set, then look with `toolboxai settings`"


def examine(
    environ: Mapping[str, str], *, platform: str, data_dir: str | None, broken: Callable[[Exception], None]
) -> list[CheckResult]:
    """Make every check that can be made; without settings that is only the first half."""
    look = partial(attempt, broken=broken)
    results = [
        look("python", lambda: runtime.check_python(sys.version_info[:3])),
        look("sqlite", lambda: runtime.check_sqlite(sqlite3.sqlite_version_info)),
        look("core", runtime.check_core),
        look("uvloop", lambda: runtime.check_uvloop(platform, running_platform.python_implementation())),
        look("clock", lambda: machine.check_clock(time.time())),
        look("open_files", lambda: machine.check_open_files(machine.open_files_limit())),
    ]
    loaded, found = _settings(environ, platform, data_dir)
    return [*results, *found, *(_settled(loaded, look) if loaded else [])]


def _settings(
    environ: Mapping[str, str], platform: str, data_dir: str | None
) -> tuple["Loaded | None", list[CheckResult]]:
    from bridge.settings import SettingsFaults, load

    try:
        loaded = load(environ, platform=platform, data_dir=data_dir)
    except SettingsFaults as error:
        return None, [bad("settings", fault, _CURE) for fault in error.faults]
    if loaded.warnings:
        return loaded, [doubtful("settings", warning, _CURE) for warning in loaded.warnings]
    given = [name for name, origin in loaded.origins.items() if origin != "default"]
    return loaded, [good("settings", f"given: {', '.join(given)}" if given else "all are the defaults")]


def _settled(loaded: "Loaded", look: Callable[[str, Callable[[], CheckResult]], CheckResult]) -> list[CheckResult]:
    """Make the checks that need to know the settings."""
    from bridge.cli.checks.database import check_database
    from bridge.cli.checks.running import check_running
    from bridge.cli.version import program_version
    from bridge.settings.database import database_config
    from bridge.supervisor.control_client import running

    settings = loaded.settings
    place = settings.data_dir
    status = None
    results = [
        look("data_folder", lambda: folder.check_folder(place)),
        look("disk_space", lambda: folder.check_space(folder.free_bytes(place))),
        look("file_locks", lambda: folder.check_locks(place)),
    ]

    def bridge() -> CheckResult:
        nonlocal status
        status = running(place)
        return check_running(status, program_version())

    results.append(look("bridge", bridge))
    pid = status.pid if status else None
    urls = status.urls if status else ()
    ops_urls = (status.ops_url,) if status else ()
    results += [
        look("ipv6", lambda: machine.check_ipv6(settings.bind, available=machine.has_ipv6_loopback())),
        look("port", lambda: network.check_port("port", settings.port, settings.bind, held=urls, pid=pid)),
        look(
            "ops_port", lambda: network.check_port("ops_port", settings.ops_port, ["127.0.0.1"], held=ops_urls, pid=pid)
        ),
        look("database", lambda: check_database(database_config(settings))),
    ]
    return results
