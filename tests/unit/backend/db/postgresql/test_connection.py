"""The settings of every connection to PostgreSQL."""

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Transaction
from backend.errors import DatabaseError, DatabaseUnavailable
from backend.secret import Secret
from tests.servers.databases import PostgresDatabases, owner_of
from tests.servers.postgres import running_postgres

EXPECTED = {
    "synchronous_commit": "on",
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "fsync": "on",
}


async def settings(transaction: Transaction) -> dict[str, str]:
    return {name: (await transaction.execute(text(f"SHOW {name}"))).scalar_one() for name in EXPECTED}


async def isolation(transaction: Transaction) -> tuple[str, str]:
    names = ("transaction_isolation", "transaction_read_only")
    level, read_only = [(await transaction.execute(text(f"SHOW {name}"))).scalar_one() for name in names]
    return level, read_only


async def test_every_connection_has_every_setting(postgres_database: DatabaseConfig) -> None:
    config = replace(postgres_database, pool_connections=3, guarded=False)
    together = asyncio.Barrier(3)
    async with open_database(config) as database:

        async def unit(transaction: Transaction) -> tuple[int, dict[str, str]]:
            process = (await transaction.execute(text("SELECT pg_backend_pid(), pg_sleep(0.2)"))).scalar_one()
            return process, await settings(transaction)

        async def write() -> tuple[int, dict[str, str]]:
            await together.wait()
            return await database.write(unit)

        found = await asyncio.gather(*(write() for _ in range(3)))

    assert len({process for process, _settings in found}) == 3
    assert [each for _process, each in found] == [EXPECTED] * 3


async def test_a_setting_of_the_database_does_not_take_durability_away(
    postgres_databases: PostgresDatabases, postgres_database: DatabaseConfig
) -> None:
    name = urlsplit(postgres_database.url.reveal()).path.strip("/")
    async with open_database(owner_of(postgres_databases.owned(postgres_database.url.reveal()))) as database:
        await database.write(
            lambda transaction: transaction.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        )
    async with open_database(replace(postgres_database, guarded=False)) as database:
        assert await database.write(settings) == EXPECTED


async def test_writers_read_what_is_committed_and_readers_see_one_snapshot(postgres_database: DatabaseConfig) -> None:
    async with open_database(replace(postgres_database, guarded=False)) as database:
        for _ in range(2):  # and so does the next one on the same connection
            assert await database.write(isolation) == ("read committed", "off")
            assert await database.read(isolation) == ("repeatable read", "on")


async def open_and_close(config: DatabaseConfig) -> None:
    async with open_database(config):
        pass


async def test_a_server_that_does_not_sync_is_refused() -> None:
    with running_postgres(fsync="off") as server, pytest.raises(DatabaseError, match="fsync = off and this program"):
        await open_and_close(DatabaseConfig(Secret(server.url()), guarded=False))


async def test_a_server_that_is_away_is_unavailable_and_may_come_back(unused_tcp_port: int) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not answer"):
        await open_and_close(DatabaseConfig(Secret(f"postgresql://me@127.0.0.1:{unused_tcp_port}/x")))


async def test_a_user_that_is_not_let_in_is_told_what_to_do(postgres_url: str) -> None:
    with pytest.raises(DatabaseError, match="does not let this user in"):
        await open_and_close(DatabaseConfig(Secret(postgres_url.replace("toolboxai@", "stranger@"))))


async def test_a_socket_is_an_address_too() -> None:
    with running_postgres() as server:
        await open_and_close(DatabaseConfig(Secret(server.socket_url()), guarded=False))
