"""What a unit of work is promised, on both databases."""

import asyncio
import contextvars
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ReleaseSavepointClause, RollbackToSavepointClause, SavepointClause

from backend.db.unit import Database, Transaction, UnitRefused
from tests.integration.db import ledger

REQUEST = contextvars.ContextVar("REQUEST", default="none")


async def test_a_unit_that_returns_is_kept(database: Database) -> None:
    async def unit(transaction: Transaction) -> str:
        await ledger.write(transaction, "a", 1)
        return "kept"

    assert await database.write(unit) == "kept"
    assert await ledger.amounts(database, "a") == [1]


async def test_a_unit_that_raises_is_rolled_back_and_its_error_comes_out_as_it_is(database: Database) -> None:
    error = LookupError("the unit's own")

    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        raise error

    with pytest.raises(LookupError) as raised:
        await database.write(unit)

    assert raised.value is error
    assert await ledger.amounts(database, "a") == []


async def test_a_failing_unit_leaves_those_beside_it_alone(database: Database) -> None:
    async def write(amount: int) -> None:
        async def unit(transaction: Transaction) -> None:
            await ledger.write(transaction, "a", amount)
            if amount % 3 == 0:
                raise LookupError

        await database.write(unit)

    results = await asyncio.gather(*(write(amount) for amount in range(30)), return_exceptions=True)

    kept = [amount for amount in range(30) if amount % 3]
    assert [amount for amount, result in enumerate(results) if result is None] == kept
    assert await ledger.amounts(database, "a") == kept


async def test_a_savepoint_left_by_an_error_takes_back_only_what_is_inside(database: Database) -> None:
    async def part(transaction: Transaction) -> None:
        async with transaction.savepoint():
            await ledger.write(transaction, "a", 2)
            await ledger.write(transaction, "a", 1)

    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        with pytest.raises(IntegrityError):
            await part(transaction)
        await ledger.write(transaction, "a", 3)

    await database.write(unit)

    assert await ledger.amounts(database, "a") == [1, 3]


async def test_savepoints_nest(database: Database) -> None:
    async def inner(transaction: Transaction) -> None:
        async with transaction.savepoint():
            await ledger.write(transaction, "a", 2)
            raise LookupError

    async def unit(transaction: Transaction) -> None:
        async with transaction.savepoint():
            await ledger.write(transaction, "a", 1)
            with pytest.raises(LookupError):
                await inner(transaction)
            await ledger.write(transaction, "a", 3)

    await database.write(unit)

    assert await ledger.amounts(database, "a") == [1, 3]


async def test_an_error_caught_without_a_savepoint_fails_the_unit(database: Database) -> None:
    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        with pytest.raises(IntegrityError):
            await ledger.write(transaction, "a", 1)

    with pytest.raises(UnitRefused, match="savepoint"):
        await database.write(unit)

    assert await ledger.amounts(database, "a") == []


async def test_nothing_is_accepted_after_an_error_caught_without_a_savepoint(database: Database) -> None:
    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        with pytest.raises(IntegrityError):
            await ledger.write(transaction, "a", 1)
        await ledger.write(transaction, "a", 2)

    with pytest.raises(UnitRefused, match="nothing more is accepted"):
        await database.write(unit)


@pytest.mark.parametrize("what", ["a pause", "a future"])
async def test_a_unit_that_awaits_something_else_is_refused_and_rolled_back(database: Database, what: str) -> None:
    future = asyncio.get_running_loop().create_future()

    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        await (asyncio.sleep(0) if what == "a pause" else future)

    with pytest.raises(UnitRefused, match=r"awaits something other.*line \d+ of"):
        await database.write(unit)

    assert await ledger.amounts(database, "a") == []


@pytest.mark.parametrize("kind", [SavepointClause, RollbackToSavepointClause, ReleaseSavepointClause])
async def test_a_unit_sends_no_savepoint_past_its_transaction(database: Database, kind: Any) -> None:
    async def unit(transaction: Transaction) -> None:
        await transaction.execute(kind("unit"))

    with pytest.raises(UnitRefused, match="sends no savepoints"):
        await database.write(unit)


@pytest.mark.parametrize("words", ["COMMIT", "rollback", "  begin;", "SAVEPOINT x", "end transaction"])
async def test_a_unit_cannot_end_the_transaction_it_shares(database: Database, words: str) -> None:
    async def unit(transaction: Transaction) -> None:
        await transaction.execute(sqlalchemy.text(words))

    with pytest.raises(UnitRefused, match="done for it"):
        await database.write(unit)


async def test_a_transaction_kept_beyond_its_unit_is_refused(database: Database) -> None:
    kept: list[Transaction] = []

    async def unit(transaction: Transaction) -> None:
        kept.append(transaction)

    await database.write(unit)

    with pytest.raises(UnitRefused, match="has ended"):
        await ledger.write(kept[0], "a", 1)


async def test_a_reading_unit_cannot_write(database: Database) -> None:
    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)

    with pytest.raises(UnitRefused, match="given to `read` writes"):
        await database.read(unit)

    assert await ledger.amounts(database, "a") == []


async def test_rows_are_in_memory_after_the_unit(database: Database) -> None:
    async def fill(transaction: Transaction) -> None:
        for amount in range(300):
            await ledger.write(transaction, "a", amount)

    async def unit(transaction: Transaction) -> sqlalchemy.CursorResult[int]:
        return await transaction.execute(sqlalchemy.select(ledger.ENTRIES.c.amount))

    await database.write(fill)
    rows = await database.read(unit)
    await database.write(lambda transaction: ledger.write(transaction, "a", 300))

    assert sorted(rows.scalars()) == list(range(300))


async def test_a_unit_carries_the_context_of_its_caller(database: Database) -> None:
    async def unit(_transaction: Transaction) -> str:
        return REQUEST.get()

    REQUEST.set("request 7")

    assert await database.write(unit) == "request 7"
    assert await database.read(unit) == "request 7"


async def test_callbacks_come_after_the_commit_and_before_write_returns(database: Database) -> None:
    events: list[str] = []

    async def unit(transaction: Transaction) -> None:
        transaction.after_commit(lambda: events.append("committed"))
        events.append("in the unit")
        await ledger.write(transaction, "a", 1)

    await database.write(unit)
    events.append("returned")

    assert events == ["in the unit", "committed", "returned"]


async def test_callbacks_of_what_was_rolled_back_are_dropped(database: Database) -> None:
    events: list[str] = []

    async def part(transaction: Transaction) -> None:
        async with transaction.savepoint():
            transaction.after_commit(lambda: events.append("of the savepoint"))
            raise LookupError

    async def unit(transaction: Transaction) -> None:
        transaction.after_commit(lambda: events.append("kept"))
        with pytest.raises(LookupError):
            await part(transaction)

    async def failing(transaction: Transaction) -> None:
        transaction.after_commit(lambda: events.append("of the unit"))
        raise LookupError

    await database.write(unit)
    with pytest.raises(LookupError):
        await database.write(failing)

    assert events == ["kept"]


async def test_a_callback_that_fails_harms_nobody(database: Database) -> None:
    loop = asyncio.get_running_loop()
    reported: list[dict[str, object]] = []
    loop.set_exception_handler(lambda _loop, context: reported.append(context))

    async def unit(transaction: Transaction) -> str:
        transaction.after_commit(lambda: 1 // 0)  # type: ignore[arg-type]
        return "kept"

    assert await database.write(unit) == "kept"
    assert [type(context["exception"]) for context in reported] == [ZeroDivisionError]


async def test_a_cancelled_caller_is_not_told_and_the_others_are(database: Database) -> None:
    async def write(amount: int) -> None:
        await database.write(lambda transaction: ledger.write(transaction, "a", amount))

    writes = [asyncio.create_task(write(amount)) for amount in range(20)]
    await asyncio.sleep(0)
    writes[7].cancel()
    results = await asyncio.gather(*writes, return_exceptions=True)

    assert [i for i, result in enumerate(results) if result is not None] == [7]
    assert isinstance(results[7], asyncio.CancelledError)
    assert set(await ledger.amounts(database, "a")) >= set(range(20)) - {7}
    await database.write(lambda transaction: ledger.write(transaction, "a", 99))


async def test_ping_answers(database: Database) -> None:
    await database.ping()
