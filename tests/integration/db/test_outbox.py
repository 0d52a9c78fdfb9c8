"""The outbox's table: how rows are written, taken, finished and held, on both databases."""

import asyncio
import re
import time
from dataclasses import replace

import pytest
import sqlalchemy
from sqlalchemy import select, update

from backend.db import outbox_admin, outbox_queue
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.fresh import OutboxRow, Taken
from backend.db.now import DatabaseNow
from backend.db.outbox import LEASE_SECONDS, OutboxEntry, enqueue
from backend.db.outbox_heads import head_of, heads
from backend.db.outbox_queue import ATTEMPTS
from backend.db.unit import Database, Transaction


class Fresh:
    """Stands for the runner of this process: it notes what it is offered."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.offered: list[Taken] = []

    def knows(self, kind: str) -> bool:
        return kind in self.kinds

    def offer(self, taken: Taken) -> None:
        self.offered.append(taken)


async def put(database: Database, kind: str = "k", *, order_key: str | None = None, delay_seconds: float = 0) -> int:
    async def unit(transaction: Transaction) -> int:
        return await enqueue(transaction, kind, {"a": [1]}, order_key=order_key, delay_seconds=delay_seconds)

    return await database.write(unit)


async def take(database: Database, *, limit: int = 100, order_key: str | None = None) -> list[Taken]:
    async def unit(transaction: Transaction) -> list[Taken]:
        now = time.monotonic()
        return await outbox_queue.take(transaction, ("k",), limit=limit, now=now, order_key=order_key)

    return await database.write(unit)


async def take_ids(database: Database) -> list[int]:
    return [taken.row.id for taken in await take(database)]


async def finish(database: Database, taken: Taken) -> bool:
    return await database.write(lambda transaction: outbox_queue.finish(transaction, taken))


async def fail(database: Database, taken: Taken, *, delay_seconds: float = 0) -> bool:
    return await database.write(
        lambda transaction: outbox_queue.fail(transaction, taken, "Broken: it", delay_seconds=delay_seconds)
    )


async def change(database: Database, **values: object) -> None:
    async def unit(transaction: Transaction) -> None:
        await transaction.execute(update(OutboxEntry).values(**values))

    await database.write(unit)


async def states(database: Database) -> list[str]:
    async def unit(transaction: Transaction) -> list[str]:
        return list((await transaction.execute(select(OutboxEntry.state).order_by(OutboxEntry.id))).scalars())

    return await database.read(unit)


async def test_a_row_is_taken_once(database: Database) -> None:
    row_id = await put(database)

    taken = await take(database)
    assert [one.row for one in taken] == [OutboxRow(row_id, None, "k", None, {"a": [1]}, attempts=1)]
    assert await take(database) == []
    assert await finish(database, taken[0])
    assert await states(database) == ["done"]


async def test_what_a_rolled_back_unit_wrote_never_runs(database: Database) -> None:
    async def unit(transaction: Transaction) -> None:
        await enqueue(transaction, "k", {})
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(unit)

    assert await take(database) == []


async def test_a_row_whose_lease_ran_out_is_taken_again_and_the_late_one_cannot_finish_it(database: Database) -> None:
    await put(database)
    late = (await take(database))[0]
    await change(database, lease_until=DatabaseNow())

    again = (await take(database))[0]

    assert again.row.attempts == 2
    assert not await finish(database, late)
    assert not await fail(database, late)
    assert not await database.write(lambda transaction: outbox_queue.renew(transaction, late))
    assert await states(database) == ["pending"]
    assert await finish(database, again)


async def test_a_renewed_lease_holds(database: Database) -> None:
    await put(database)
    taken = (await take(database))[0]
    await change(database, lease_until=DatabaseNow() + 1)

    assert await database.write(lambda transaction: outbox_queue.renew(transaction, taken))
    assert await take(database) == []


async def test_a_row_waits_until_it_is_due(database: Database) -> None:
    await put(database, delay_seconds=3600)
    assert await take(database) == []

    await change(database, due_at=DatabaseNow())
    assert len(await take(database)) == 1


async def test_a_kind_that_nobody_here_knows_waits(database: Database) -> None:
    await put(database, "of a newer release")

    assert await take(database) == []
    assert not await database.read(lambda transaction: outbox_queue.something_due(transaction, ("k",)))
    assert await states(database) == ["pending"]


async def test_rows_of_one_order_key_are_taken_one_after_another(database: Database) -> None:
    ids = [await put(database, order_key=key) for key in ("x", "x", "y", "x")]

    first = await take(database)
    assert [taken.row.id for taken in first] == [ids[0], ids[2]]
    await finish(database, first[0])
    second = await take(database)
    assert [taken.row.id for taken in second] == [ids[1]]
    await finish(database, second[0])
    assert await take_ids(database) == [ids[3]]


async def test_a_failing_head_holds_the_rest_and_so_does_a_dead_one(database: Database) -> None:
    head = await put(database, order_key="x")
    behind = await put(database, order_key="x")

    for _ in range(ATTEMPTS):
        taken = await take(database)
        assert [one.row.id for one in taken] == [head]
        assert await fail(database, taken[0])

    assert await states(database) == ["dead", "pending"]
    assert await take(database) == []
    assert await database.write(lambda transaction: outbox_admin.retry(transaction, head))
    revived = await take(database)
    assert [(one.row.id, one.row.attempts) for one in revived] == [(head, 1)]
    await finish(database, revived[0])
    assert await take_ids(database) == [behind]


async def test_a_failed_row_waits_for_its_delay(database: Database) -> None:
    await put(database)
    await fail(database, (await take(database))[0], delay_seconds=3600)

    assert await take(database) == []


async def test_a_row_that_ends_its_process_each_time_is_dead_in_the_end(database: Database) -> None:
    await put(database)
    for _ in range(ATTEMPTS):
        assert len(await take(database)) == 1
        assert await database.write(outbox_queue.bury) == 0
        await change(database, lease_until=DatabaseNow())

    assert await take(database) == []
    assert await database.write(outbox_queue.bury) == 1
    assert await states(database) == ["dead"]


async def test_a_row_given_back_is_free_at_once_and_has_not_been_tried(database: Database) -> None:
    await put(database)
    taken = (await take(database))[0]
    assert await database.write(lambda transaction: outbox_queue.give_back(transaction, taken))

    assert [one.row.attempts for one in await take(database)] == [1]


async def test_a_fresh_row_is_leased_to_the_process_that_wrote_it(database: Database) -> None:
    fresh = database.fresh = Fresh("k")
    before = time.monotonic()
    row_id = await put(database)

    assert [taken.row for taken in fresh.offered] == [OutboxRow(row_id, None, "k", None, {"a": [1]}, attempts=1)]
    assert before + LEASE_SECONDS <= fresh.offered[0].until <= time.monotonic() + LEASE_SECONDS
    assert await take(database) == []
    assert await finish(database, fresh.offered[0])


async def test_a_fresh_row_of_a_rolled_back_unit_is_not_offered(database: Database) -> None:
    fresh = database.fresh = Fresh("k")

    async def unit(transaction: Transaction) -> None:
        await enqueue(transaction, "k", {})
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(unit)

    assert fresh.offered == []


async def test_a_fresh_row_behind_an_unfinished_one_waits_its_turn(database: Database) -> None:
    fresh = database.fresh = Fresh("k")
    ids = [await put(database, order_key="x") for _ in range(3)]

    assert [taken.row.id for taken in fresh.offered] == [ids[0]]
    assert await finish(database, fresh.offered[0])
    assert [taken.row.attempts for taken in await take(database, order_key="x")] == [1]


async def test_a_fresh_row_of_an_unknown_kind_or_of_later_is_left_to_the_leader(database: Database) -> None:
    fresh = database.fresh = Fresh("other")
    await put(database)
    fresh.kinds = ("k",)
    await put(database, delay_seconds=0.001)

    assert fresh.offered == []


async def test_ids_of_one_order_key_follow_the_order_of_the_commits(database_config: DatabaseConfig) -> None:
    """Two processes' worth of connections write under one key; no row may become visible before a smaller one."""
    # They stand in one line: on a busy machine its end waits for longer than a request may.
    patient = replace(database_config, lock_milliseconds=60_000, statement_milliseconds=60_000, pool_seconds=60)
    async with open_database(patient) as one, open_database(patient) as other:
        commits: list[int] = []

        def unit(database: Database) -> object:
            async def write(transaction: Transaction) -> None:
                row_id = await enqueue(transaction, "k", {}, order_key="x")
                if transaction.dialect == "postgresql":
                    await transaction.execute(
                        sqlalchemy.select(sqlalchemy.func.pg_sleep(sqlalchemy.func.random() * 0.01))
                    )
                transaction.after_commit(lambda: commits.append(row_id))

            return database.write(write)

        async def look() -> None:
            seen: list[int] = []
            while not done.is_set():
                rows = await outbox_ids(one)
                assert rows[: len(seen)] == seen, "a row came to stand before rows that were there already"
                seen = rows

        done = asyncio.Event()
        looking = asyncio.create_task(look())
        await asyncio.gather(*(unit(database) for _ in range(25) for database in (one, other)))  # type: ignore[call-overload]
        done.set()
        await looking

        assert await outbox_ids(one) == sorted(commits)


async def outbox_ids(database: Database) -> list[int]:
    async def unit(transaction: Transaction) -> list[int]:
        return list((await transaction.execute(select(OutboxEntry.id).order_by(OutboxEntry.id))).scalars())

    return await database.read(unit)


async def test_an_id_is_never_given_out_again(database: Database) -> None:
    last = await put(database)
    taken = await take(database)
    await finish(database, taken[0])
    await database.write(lambda transaction: outbox_queue.purge_done(transaction, kept_hours=0, limit=10))
    assert await outbox_ids(database) == []

    assert await put(database) > last


async def test_a_purge_takes_finished_rows_only(database: Database) -> None:
    for _ in range(3):
        await put(database)
    taken = await take(database)
    for one in taken[:2]:
        await finish(database, one)

    async def purge(transaction: Transaction) -> int:
        return await outbox_queue.purge_done(transaction, kept_hours=0, limit=10)

    assert await database.write(purge) == 2
    assert await states(database) == ["pending"]


async def test_a_person_sees_rows_without_their_bodies_and_retries_dead_ones_only(database: Database) -> None:
    waiting, dead = await put(database), await put(database)
    await database.write(
        lambda transaction: transaction.execute(
            update(OutboxEntry).where(OutboxEntry.id == dead).values(state="dead", last_error="Broken: it")
        )
    )

    async def look(transaction: Transaction) -> list[outbox_admin.ListedRow]:
        return await outbox_admin.list_rows(transaction, state="dead")

    listed = await database.read(look)
    assert [(row.id, row.state, row.last_error) for row in listed] == [(dead, "dead", "Broken: it")]
    assert await database.read(outbox_admin.count_states) == {"pending": 1, "done": 0, "dead": 1}
    assert not await database.write(lambda transaction: outbox_admin.retry(transaction, waiting))
    assert not await database.write(lambda transaction: outbox_admin.retry(transaction, 10**9))
    assert await database.write(lambda transaction: outbox_admin.retry(transaction, dead))
    assert await database.read(outbox_admin.count_states) == {"pending": 2, "done": 0, "dead": 0}


@pytest.mark.parametrize("query", [head_of("a"), heads()], ids=["of one order key", "of all"])
async def test_finding_heads_reads_neither_finished_rows_nor_those_behind(
    sqlite_database: DatabaseConfig, query: sqlalchemy.Select[int]
) -> None:
    """A day of finished rows of one busy key, or of waiting ones, must not be read for each row that joins them."""
    async with open_database(replace(sqlite_database, guarded=False)) as database:

        async def unit(transaction: Transaction) -> list[str]:
            wire = query.compile()  # as it is sent: a parameter in it would not tell the planner what it is
            statement = sqlalchemy.text(f"EXPLAIN QUERY PLAN {wire}")
            rows = await transaction.execute(statement, dict.fromkeys(wire.params, 1))
            return [row.detail for row in rows if " outbox" in row.detail]

        steps = await database.read(unit)

    along_the_index = re.compile(
        r"SEARCH \w+ USING (COVERING )?INDEX ix_outbox_order_key_id_unfinished \(order_key[=>]\?\)"
    )
    assert steps
    assert [] == [step for step in steps if not along_the_index.fullmatch(step)]


async def test_each_order_key_offers_its_first_row(database: Database) -> None:
    expected = [await put(database, order_key=key) for key in ("b", "a", "c")]
    for key in ("a", "b", "b"):
        await put(database, order_key=key)

    assert expected == await take_ids(database)
