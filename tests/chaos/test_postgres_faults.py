"""A PostgreSQL that goes away in the worst moments: nobody is told that a lost write succeeded, and work goes on."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database, LockTimeout, Transaction
from backend.errors import DatabaseUnavailable
from backend.secret import Secret
from tests.chaos.writing import assert_nothing_kept_is_lost, writing
from tests.integration.db import ledger
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import running_postgres


@pytest.fixture
async def ledger_config(postgres_database: DatabaseConfig) -> DatabaseConfig:
    async with open_database(postgres_database) as database:
        await ledger.create(database)
    return postgres_database


async def write(database: Database, amount: int) -> None:
    await database.write(lambda transaction: ledger.write(transaction, "a", amount))


class Proxy:
    """Stands between the program and the server; it can be told to lose the answer to the next COMMIT."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.loses_commit = False
        self.lost = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        answers = asyncio.create_task(self._pass(from_server, writer))
        try:
            while data := await reader.read(65536):
                # With its semicolon: BEGIN ISOLATION LEVEL READ COMMITTED has the word as well.
                if self.loses_commit and b"COMMIT;" in data:
                    answers.cancel()
                    await asyncio.wait({answers})
                    to_server.write(data)
                    # The server has committed when it has answered; nobody hears it.
                    await from_server.read(65536)
                    self.lost.set()
                    break
                to_server.write(data)
        finally:
            answers.cancel()
            await asyncio.wait({answers})
            writer.close()
            to_server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()


@asynccontextmanager
async def proxied(config: DatabaseConfig) -> AsyncIterator[tuple[DatabaseConfig, Proxy]]:
    parts = urlsplit(config.url.reveal())
    assert parts.port is not None
    proxy = Proxy(parts.port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = parts._replace(netloc=f"toolboxai@127.0.0.1:{port}").geturl()
    async with server:
        yield replace(config, url=Secret(url)), proxy


async def test_a_commit_whose_answer_was_lost_is_no_success(ledger_config: DatabaseConfig) -> None:
    async with proxied(ledger_config) as (config, proxy), open_database(config) as database:
        followed_up: list[str] = []

        async def unit(transaction: Transaction) -> None:
            await ledger.write(transaction, "a", 1)
            transaction.after_commit(lambda: followed_up.append("told"))

        proxy.loses_commit = True
        with pytest.raises(DatabaseUnavailable, match="whether it was kept is not known"):
            await database.write(unit)
        assert proxy.lost.is_set()
        assert followed_up == []

        proxy.loses_commit = False
        assert await ledger.amounts(database, "a") == [1]  # it was kept, which is why nobody may be told either way
        await write(database, 2)


async def test_a_connection_that_the_server_ends_fails_the_unit_and_the_next_one_works(
    ledger_config: DatabaseConfig,
) -> None:
    async def ended(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        await transaction.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    async with open_database(ledger_config) as database:
        with pytest.raises(DatabaseUnavailable):
            await database.write(ended)
        await write(database, 2)

        assert await ledger.amounts(database, "a") == [2]


async def test_connections_that_the_server_ended_meanwhile_are_not_used(ledger_config: DatabaseConfig) -> None:
    async with open_database(ledger_config) as database, open_database(ledger_config) as other:
        await asyncio.gather(*(write(database, amount) for amount in range(10)))
        await other.read(
            lambda transaction: transaction.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )
            )
        )
        await asyncio.sleep(0.05)  # for the end of the connections to arrive
        await asyncio.gather(*(write(database, amount) for amount in range(10, 20)))

        assert await ledger.amounts(database, "a") == list(range(20))


async def test_a_statement_that_takes_too_long_is_ended(ledger_config: DatabaseConfig) -> None:
    async def slow(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        await transaction.execute(text("SELECT pg_sleep(60)"))

    async with open_database(replace(ledger_config, statement_milliseconds=50)) as database:
        with pytest.raises(DatabaseUnavailable, match="took too long"):
            await database.write(slow)

        assert await ledger.amounts(database, "a") == []


async def test_a_lock_is_waited_for_no_longer_than_it_may(ledger_config: DatabaseConfig) -> None:
    locked, waited_for = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        await transaction.execute(text("LOCK TABLE entries"))
        locked.set()
        while not waited_for.is_set():
            await transaction.execute(text("SELECT pg_sleep(0.01)"))

    async with (
        open_database(ledger_config) as database,
        open_database(replace(ledger_config, lock_milliseconds=50)) as other,
    ):
        holding = asyncio.create_task(database.write(hold))
        await locked.wait()
        with pytest.raises(LockTimeout):
            await write(other, 1)
        waited_for.set()
        await holding
        await write(other, 2)

        assert await ledger.amounts(database, "a") == [2]


async def test_a_table_that_was_changed_meanwhile_fails_a_unit_once(ledger_config: DatabaseConfig) -> None:
    async with (
        open_database(replace(ledger_config, pool_connections=1)) as database,
        open_database(ledger_config) as other,
    ):
        await write(database, 1)
        assert await ledger.amounts(database, "a") == [1]
        await other.write(
            lambda transaction: transaction.execute(text("ALTER TABLE entries ALTER COLUMN amount TYPE bigint"))
        )

        with pytest.raises(DatabaseUnavailable, match="changed a moment ago"):
            await ledger.amounts(database, "a")
        assert await ledger.amounts(database, "a") == [1]


async def test_a_pool_that_is_used_up_refuses_after_its_time(ledger_config: DatabaseConfig) -> None:
    async def slow(transaction: Transaction) -> None:
        await transaction.execute(text("SELECT pg_sleep(0.5)"))

    async with open_database(replace(ledger_config, pool_connections=2, pool_seconds=0.05)) as database:
        results = await asyncio.gather(*(database.write(slow) for _ in range(3)), return_exceptions=True)

        assert [type(result) for result in results].count(DatabaseUnavailable) == 1


async def test_a_cancelled_unit_leaves_its_connection_in_order(ledger_config: DatabaseConfig) -> None:
    async def slow(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        await transaction.execute(text("SELECT pg_sleep(60)"))

    async with open_database(replace(ledger_config, pool_connections=1)) as database:
        for _ in range(3):
            task = asyncio.create_task(database.write(slow))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await write(database, 2)

        assert await ledger.amounts(database, "a") == [2]


async def test_a_server_that_crashes_and_comes_back_has_every_acknowledged_write() -> None:
    with running_postgres() as server:
        databases = PostgresDatabases(server.url())
        config = DatabaseConfig(Secret(await asyncio.to_thread(databases.migrated)), guarded=False)
        async with open_database(config) as database:
            await ledger.create(database)
        with writing(config) as followed:
            for _ in range(2):
                await asyncio.to_thread(followed.more_kept)
                server.stop(signal.SIGQUIT)
                await asyncio.to_thread(followed.more_refused, 5)
                server.start()
            await asyncio.to_thread(followed.more_kept)

        await assert_nothing_kept_is_lost(config, followed)
