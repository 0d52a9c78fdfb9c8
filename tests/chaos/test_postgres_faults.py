"""A PostgreSQL that goes away in the worst moments: nobody is told that a lost write succeeded, and work goes on."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import greenlet_spawn

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.postgresql.database import PostgreSQLDatabase
from backend.db.unit import Database, LockTimeout, Transaction
from backend.errors import DatabaseUnavailable
from backend.secret import Secret
from bridge.breakers.breaker import FAILURES, Breaker, State
from bridge.breakers.database import BrokenOffDatabase
from bridge.keys import METRICS, READINESS
from tests.chaos.writing import assert_nothing_kept_is_lost, writing
from tests.integration.db import ledger
from tests.integration.gate.house import open_house
from tests.integration.gate.signer import send
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected
from tests.ledger.notes.routes import NOTES
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
        # Whether what comes next is kept from the server.
        self.holds = False
        self.held = asyncio.Event()
        self.lost = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
        answers = asyncio.create_task(self._pass(from_server, writer))
        try:
            while data := await reader.read(65536):
                if self.holds:
                    self.held.set()
                    continue
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


async def refused(database: Database) -> tuple[float, DatabaseUnavailable]:
    """Return how long a unit was kept waiting, and what it was told."""
    began = monotonic()
    with pytest.raises(DatabaseUnavailable) as caught:
        await write(database, 1)
    return monotonic() - began, caught.value


async def test_a_server_that_is_away_is_told_at_once_and_asked_by_one_at_a_time_until_it_answers() -> None:
    with running_postgres() as server:
        databases = PostgresDatabases(server.url())
        url = await asyncio.to_thread(databases.migrated)
        config = DatabaseConfig(Secret(url), guarded=False, pool_connections=2, connect_seconds=1)
        breaker = Breaker("postgresql", open_seconds=1)
        async with open_database(config, BrokenOffDatabase(breaker)) as database:
            await ledger.create(database)
            await write(database, 1)
            # It takes connections and says nothing: whoever asks waits.
            os.kill(server.process_id, signal.SIGSTOP)
            await database_without_connections(database)
            waited = [(await refused(database))[0] for _ in range(FAILURES)]
            assert State.OPEN is breaker.state
            seconds, error = await refused(database)
            assert min(waited) >= 0.9
            assert seconds < 0.1
            assert (("Retry-After", "1"),) == error.headers

            await until(lambda: breaker.state is State.HALF_OPEN)
            tries = await asyncio.gather(*(refused(database) for _ in range(5)))
            assert 1 == sum(seconds >= 0.9 for seconds, _ in tries)

            os.kill(server.process_id, signal.SIGCONT)
            await until(lambda: is_written(database))
            assert (0, State.CLOSED) == (breaker.failures, breaker.state)


async def database_without_connections(database: Database) -> None:
    """Let go of those that were made while the server answered."""
    assert isinstance(database, PostgreSQLDatabase)
    await greenlet_spawn(database._engine.dispose, close=False)


async def is_written(database: Database) -> bool:
    try:
        await write(database, 2)
    except DatabaseUnavailable:
        return False
    return True


async def test_what_becomes_of_statements_opens_no_breaker(ledger_config: DatabaseConfig) -> None:
    async def slow(transaction: Transaction) -> None:
        await transaction.execute(text("SELECT pg_sleep(60)"))

    async def wrong(transaction: Transaction) -> None:
        await transaction.execute(text("SELECT 1 / 0"))

    breaker = Breaker("postgresql", open_seconds=60)
    async with open_database(replace(ledger_config, statement_milliseconds=50), BrokenOffDatabase(breaker)) as database:
        for unit, error in ((slow, DatabaseUnavailable), (wrong, DBAPIError)):
            for _ in range(FAILURES + 1):
                with pytest.raises(error):
                    await database.write(unit)
        assert (0, State.CLOSED) == (breaker.failures, breaker.state)


async def test_a_pool_that_is_used_up_opens_the_breaker(ledger_config: DatabaseConfig) -> None:
    held, done = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        held.set()
        while not done.is_set():
            await transaction.execute(text("SELECT pg_sleep(0.01)"))

    breaker = Breaker("postgresql", open_seconds=60)
    config = replace(ledger_config, pool_connections=1, pool_seconds=0.05)
    async with open_database(config, BrokenOffDatabase(breaker)) as database:
        holding = asyncio.create_task(database.write(hold))
        await held.wait()
        for _ in range(FAILURES):
            await refused(database)
        done.set()
        await holding

        assert State.OPEN is breaker.state
        assert "did not answer before" in (await refused(database))[1].sentence


async def test_a_unit_that_is_given_up_while_it_tries_closes_the_way_for_nobody(ledger_config: DatabaseConfig) -> None:
    breaker = Breaker("postgresql", open_seconds=0.05)
    async with proxied(ledger_config) as (config, proxy), open_database(config, BrokenOffDatabase(breaker)) as database:
        await database_without_connections(database)
        for _ in range(FAILURES):
            breaker.failed()
        await until(lambda: breaker.state is State.HALF_OPEN)
        proxy.holds = True
        task = asyncio.create_task(write(database, 1))
        await proxy.held.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        proxy.holds = False
        await write(database, 2)
        assert (0, State.CLOSED) == (breaker.failures, breaker.state)


async def test_a_database_that_is_away_is_told_to_clients_to_metrics_and_to_health(tmp_path: Path) -> None:
    with running_postgres() as server:
        databases = PostgresDatabases(server.url())
        config = DatabaseConfig(Secret(await asyncio.to_thread(databases.migrated)), guarded=False)
        async with open_house(tmp_path, config) as house:
            signer = await house.signer()
            async with connected(house.bridge.port) as wire:
                assert 200 == (await send(wire, signer.sign("GET", NOTES))).status
                server.stop(signal.SIGQUIT)
                answers = [await send(wire, signer.sign("GET", NOTES)) for _ in range(FAILURES + 1)]
                checks = await house.app[READINESS]()
                states = house.app[METRICS].snapshot()["toolboxai_breaker_state"]
                server.start()

                async def is_answered() -> bool:
                    return (await send(wire, signer.sign("GET", NOTES))).status == 200

                await until(is_answered)

    assert {(503, "database_unavailable", "1")} == {
        (each.status, each.json["code"], each.header("Retry-After")) for each in answers
    }
    assert ("warn", "fail") == (checks["postgresql"].verdict, checks["database"].verdict)
    assert [("", {"to": "postgresql"}, State.OPEN)] == states
