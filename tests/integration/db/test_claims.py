"""Idempotency claims, on both databases."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy

from backend.db import claims
from backend.db.claims import ANSWER_LIMIT_BYTES, Claimed, ClaimRow, Replay, Scope, StoredAnswer
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.now import DatabaseNow
from backend.db.unit import Database, Transaction
from backend.errors import IdempotencyKeyReused, InProgress
from tests.integration.db import ledger

SCOPE = Scope("tenant", "person", "7", "POST", "/api/v1/entries", "key-1")
ANSWER = StoredAnswer(201, (("Location", "/api/v1/entries/1"), ("X-Two", "ü")), b'{"id":1}')
HOUR = 3_600_000


async def claim_and_write(
    transaction: Transaction, scope: Scope = SCOPE, answer: StoredAnswer = ANSWER
) -> Claimed | Replay:
    claimed = await claims.insert(transaction, scope, fingerprint=b"content")
    if isinstance(claimed, Claimed):
        await ledger.write(transaction, "a", await _rows(transaction))
        await claims.finish(transaction, claimed, answer)
    return claimed


async def _rows(transaction: Transaction) -> int:
    statement = sqlalchemy.select(sqlalchemy.func.count()).select_from(ledger.ENTRIES)
    return int((await transaction.execute(statement)).scalar_one())


async def age(database: Database, hours: float) -> None:
    async def unit(transaction: Transaction) -> None:
        then = DatabaseNow() - round(hours * HOUR)
        await transaction.execute(sqlalchemy.update(ClaimRow).values(created_at=then))

    await database.write(unit)


async def test_the_first_request_gets_the_claim(database: Database) -> None:
    assert isinstance(await database.write(claim_and_write), Claimed)
    assert await ledger.count(database) == 1


async def test_a_second_request_gets_the_first_answer_and_changes_nothing(database: Database) -> None:
    await database.write(claim_and_write)

    assert await database.write(claim_and_write) == Replay(ANSWER)
    assert await ledger.count(database) == 1


async def test_of_many_at_once_one_makes_the_change_and_all_get_its_answer(database: Database) -> None:
    results = await asyncio.gather(*(database.write(claim_and_write) for _ in range(9)))

    assert sum(isinstance(result, Claimed) for result in results) == 1
    assert [result for result in results if isinstance(result, Replay)] == [Replay(ANSWER)] * 8
    assert await ledger.count(database) == 1


async def test_another_content_under_the_same_key_is_refused(database: Database) -> None:
    await database.write(claim_and_write)

    async def unit(transaction: Transaction) -> None:
        await claims.insert(transaction, SCOPE, fingerprint=b"other content")

    with pytest.raises(IdempotencyKeyReused):
        await database.write(unit)


@pytest.mark.parametrize(
    "other",
    [
        replace(SCOPE, tenant_id="other"),
        replace(SCOPE, tenant_id=None),
        replace(SCOPE, principal_kind="device"),
        replace(SCOPE, principal_id="8"),
        replace(SCOPE, method="PUT"),
        replace(SCOPE, path="/api/v1/entries/1"),
        replace(SCOPE, key="key-2"),
        # The same letters, divided otherwise.
        replace(SCOPE, principal_id="7POST", method=""),
    ],
)
async def test_every_part_of_the_scope_counts(database: Database, other: Scope) -> None:
    await database.write(claim_and_write)

    async def unit(transaction: Transaction) -> Claimed | Replay:
        return await claim_and_write(transaction, other)

    assert isinstance(await database.write(unit), Claimed)


async def test_a_rolled_back_request_leaves_no_claim(database: Database) -> None:
    async def failing(transaction: Transaction) -> None:
        await claim_and_write(transaction)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(failing)

    assert isinstance(await database.write(claim_and_write), Claimed)


@pytest.mark.parametrize(("length", "kept"), [(ANSWER_LIMIT_BYTES, True), (ANSWER_LIMIT_BYTES + 1, False)])
async def test_an_answer_over_the_limit_is_known_to_have_been_given(
    database: Database, length: int, *, kept: bool
) -> None:
    answer = StoredAnswer(200, (), b"x" * length)

    async def unit(transaction: Transaction) -> Claimed | Replay:
        return await claim_and_write(transaction, answer=answer)

    await database.write(unit)

    assert await database.write(unit) == Replay(answer if kept else StoredAnswer(200, (), None))


async def test_a_claim_is_kept_for_its_hours_and_then_taken_over(database: Database) -> None:
    await database.write(claim_and_write)
    await age(database, 23.9)
    assert isinstance(await database.write(claim_and_write), Replay)

    await age(database, 24)
    assert isinstance(await database.write(claim_and_write), Claimed)
    assert await database.write(claim_and_write) == Replay(ANSWER)
    assert await ledger.count(database) == 2


async def test_a_purge_takes_the_old_ones_up_to_its_limit(database: Database) -> None:
    async def fill(transaction: Transaction) -> None:
        for number in range(5):
            await claim_and_write(transaction, replace(SCOPE, key=f"old {number}"))

    async def purge(transaction: Transaction) -> int:
        return await claims.purge(transaction, limit=3)

    await database.write(fill)
    await age(database, 24)
    await database.write(claim_and_write)

    assert [await database.write(purge) for _ in range(3)] == [3, 2, 0]
    assert isinstance(await database.write(claim_and_write), Replay)


async def test_a_claim_that_was_kept_without_an_answer_is_not_replayed(database: Database) -> None:
    async def unit(transaction: Transaction) -> None:
        await claims.insert(transaction, SCOPE, fingerprint=b"content")

    await database.write(unit)

    with pytest.raises(InProgress):
        await database.write(claim_and_write)


async def test_on_postgresql_the_second_waits_no_longer_than_the_lock_timeout(
    postgres_database: DatabaseConfig,
) -> None:
    async with (
        open_database(replace(postgres_database, lock_milliseconds=50)) as database,
        open_database(postgres_database) as other,
    ):
        await ledger.create_in(postgres_database)
        first_is_in = asyncio.Event()
        waited_for = asyncio.Event()

        async def first(transaction: Transaction) -> None:
            await claim_and_write(transaction)
            first_is_in.set()
            # A slow statement stands for a slow handler: it ends when the second has given up.
            while not waited_for.is_set():
                await transaction.execute(sqlalchemy.select(sqlalchemy.func.pg_sleep(0.01)))

        running = asyncio.create_task(other.write(first))
        await first_is_in.wait()
        with pytest.raises(InProgress):
            await database.write(claim_and_write)
        waited_for.set()
        await running

        assert await database.write(claim_and_write) == Replay(ANSWER)
