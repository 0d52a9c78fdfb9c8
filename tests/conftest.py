"""The servers and databases of the tests, and the guard that keeps tests on this machine."""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from backend.db.config import DatabaseConfig, sqlite_config
from backend.secret import Secret
from tests.servers.databases import PostgresDatabases, migrate_in_thread, owner_of
from tests.servers.postgres import MEMORY, running_postgres
from tests.servers.socket_guard import install
from tests.servers.valkey import running_valkey

POSTGRES_VARIABLE = "TOOLBOXAI_TEST_POSTGRES_URL"
_IN_MEMORY = pytest.StashKey[Path]()
_ROOM_BYTES = 4 * 1024**3

VALKEY_VARIABLE = "TOOLBOXAI_TEST_VALKEY_URL"


def pytest_configure(config: pytest.Config) -> None:
    _keep_folders_in_memory(config)
    # A run that is ended with `kill` ends its servers as one that is ended with Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Begun with nohup, a run ignores a hang-up; below it is as with Ctrl-C.
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    # Begun in the background of a shell, a run ignores Ctrl-C, and so would every program that it starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    named = (urlsplit(os.environ.get(name, "")).hostname for name in (POSTGRES_VARIABLE, VALKEY_VARIABLE))
    install(allowed={host for host in named if host is not None})


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_IN_MEMORY, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _keep_folders_in_memory(config: pytest.Config) -> None:
    """Let the folders of tests lie in memory where there is room: half of their time was waiting for the disk's syncs.

    What ends a process here is a signal, which memory outlives as a disk does; --basetemp names another place.
    """
    if config.option.basetemp is not None or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < _ROOM_BYTES:
        return
    config.stash[_IN_MEMORY] = folder = Path(tempfile.mkdtemp(prefix="tbx-tests-", dir=MEMORY))
    config.option.basetemp = folder / "t"


def pytest_collection_finish() -> None:
    # What was imported and collected stays to the end: looking through it over and over costs six percent of a run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    """A PostgreSQL server, started when the first test needs it, or the one that a variable names."""
    named = os.environ.get(POSTGRES_VARIABLE)
    if named is not None:
        databases = PostgresDatabases(named)
        yield databases
        databases.close()
        return
    with running_postgres() as server:
        yield PostgresDatabases(server.url())


@pytest.fixture(scope="session")
def postgres_url(postgres_databases: PostgresDatabases) -> str:
    """The address of a database on a real PostgreSQL server, shared by the whole run."""
    return postgres_databases.url


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The address of a real Valkey server, shared by the whole run."""
    named = os.environ.get(VALKEY_VARIABLE)
    if named is not None:
        yield named
        return
    with running_valkey() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate_in_thread(sqlite_config(path))
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> DatabaseConfig:
    """A migrated, empty SQLite database for one test."""
    path = tmp_path / "toolboxai.db"
    shutil.copyfile(sqlite_template, path)
    return sqlite_config(path)


@pytest.fixture
def postgres_database(postgres_databases: PostgresDatabases) -> Iterator[DatabaseConfig]:
    """A migrated, empty PostgreSQL database for one test."""
    url = postgres_databases.migrated()
    yield DatabaseConfig(Secret(url))
    postgres_databases.give_back(url)


@pytest.fixture
def owner_config(database_config: DatabaseConfig, request: pytest.FixtureRequest) -> DatabaseConfig:
    """The same database as whoever owns it, for what the program itself may not do."""
    if database_config.dialect == "sqlite":
        return replace(database_config, guarded=False)
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    return owner_of(databases.owned(database_config.url.reveal()))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_config(request: pytest.FixtureRequest) -> DatabaseConfig:
    """A migrated, empty database for one test, once on each kind."""
    return _database_of_kind(request)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.proof)])
def sparing_database_config(request: pytest.FixtureRequest) -> DatabaseConfig:
    """The same for what is long and asks little of the database itself: the second kind runs under `make proof`."""
    return _database_of_kind(request)


def _database_of_kind(request: pytest.FixtureRequest) -> DatabaseConfig:
    config = request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")
    assert isinstance(config, DatabaseConfig)
    return config
