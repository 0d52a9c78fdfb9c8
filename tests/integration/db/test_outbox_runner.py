"""The outbox's runner against real databases: who runs a row, when, and what happens when that goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from backend.db import leases, outbox_runner
from backend.db.fresh import OutboxRow, Taken
from backend.db.handlers import Handlers
from backend.db.now import DatabaseNow
from backend.db.outbox import OutboxEntry, enqueue
from backend.db.outbox_runner import LEADER, OutboxRunner
from backend.db.outbox_work import LONGEST_DELAY_SECONDS, RENEW_SECONDS, delay_seconds
from backend.db.unit import Database, Transaction
from backend.errors import DatabaseUnavailable
from tests.integration.db.waiting import until, until_asked


async def put(database: Database, *, order_key: str | None = None, count: int = 1) -> list[int]:
    async def unit(transaction: Transaction) -> list[int]:
        return [await enqueue(transaction, "k", {"n": number}, order_key=order_key) for number in range(count)]

    return await database.write(unit)


async def rows(database: Database) -> list[OutboxEntry]:
    async def unit(transaction: Transaction) -> list[OutboxEntry]:
        found = (await transaction.execute(select(OutboxEntry.__table__).order_by(OutboxEntry.id))).mappings()
        return [OutboxEntry(**row) for row in found]

    return await database.read(unit)


async def states(database: Database) -> list[str]:
    return [row.state for row in await rows(database)]


async def until_states(database: Database, expected: list[str]) -> None:
    await until_asked(lambda: states(database), lambda found: found == expected)


async def look(runner: OutboxRunner) -> None:
    """Let the runner try to lead now, and look for rows if it does, instead of in a while."""
    runner._renew_at = 0
    await runner._lead_once()


@asynccontextmanager
async def led_by_another(database: Database) -> AsyncIterator[None]:
    """Keep the runner under test from leading."""

    async def unit(transaction: Transaction) -> None:
        assert await leases.hold(transaction, LEADER, "another", seconds=3600)

    await database.write(unit)
    yield


class Noting:
    """A handler that notes what it was called with."""

    def __init__(self) -> None:
        self.called: list[OutboxRow] = []
        self.handlers = Handlers()
        self.handlers.add("k", self)

    async def __call__(self, row: OutboxRow) -> None:
        self.called.append(row)


async def test_the_committing_process_runs_its_fresh_rows_though_another_leads(database: Database) -> None:
    noting = Noting()
    async with led_by_another(database), OutboxRunner(database, noting.handlers) as runner:
        ids = await put(database, count=3)
        await until_states(database, ["done"] * 3)

        assert not runner.is_leader
    assert [row.id for row in noting.called] == ids


async def test_the_leader_runs_what_a_process_without_a_runner_wrote(database: Database) -> None:
    noting = Noting()
    ids = await put(database)
    async with OutboxRunner(database, noting.handlers) as runner:
        await until_states(database, ["done"])

        assert runner.is_leader
    assert [row.id for row in noting.called] == ids


async def test_nobody_runs_what_others_wrote_without_leading(database: Database) -> None:
    noting = Noting()
    await put(database)
    async with led_by_another(database), OutboxRunner(database, noting.handlers) as runner:
        await put(database)
        await until_states(database, ["pending", "done"])
        await look(runner)

        assert await states(database) == ["pending", "done"]


async def test_of_two_runners_one_leads_and_the_other_follows_it(database: Database) -> None:
    async with OutboxRunner(database, Handlers()) as first:
        await until(lambda: first.is_leader)
        async with OutboxRunner(database, Handlers()) as second:
            await look(second)
            assert (first.is_leader, second.is_leader) == (True, False)

            await first.stop()
            await look(second)
            assert (first.is_leader, second.is_leader) == (False, True)


async def test_rows_of_one_order_key_run_in_order_and_wait_for_a_failing_one(database: Database) -> None:
    called: list[int] = []
    broken = True

    async def handler(row: OutboxRow) -> None:
        called.append(row.id)
        if broken and row.body["n"] == 2:
            raise LookupError("it is broken")

    handlers = Handlers()
    handlers.add("k", handler)
    async with OutboxRunner(database, handlers):
        ids = await put(database, order_key="x", count=6)
        await until_states(database, ["done"] * 2 + ["pending"] * 4)
        await until(lambda: len(called) == 3)
        assert called == ids[:3]

        broken = False
        await until_states(database, ["done"] * 6)
    assert called == ids[:3] + ids[2:]


async def test_a_handler_that_fails_is_told_of_and_tried_again_later(database: Database) -> None:
    async def handler(_row: OutboxRow) -> None:
        raise LookupError("it is broken")

    handlers = Handlers()
    handlers.add("k", handler)
    async with led_by_another(database), OutboxRunner(database, handlers):
        await put(database)
        row = (await until_asked(lambda: rows(database), lambda found: found[0].last_error is not None))[0]

    assert (row.state, row.attempts, row.last_error) == ("pending", 1, "LookupError: it is broken")
    assert row.lease_token is None


async def test_a_handler_that_takes_too_long_is_cancelled_and_has_failed(database: Database) -> None:
    ended: list[str] = []

    async def handler(_row: OutboxRow) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("cancelled")

    handlers = Handlers()
    handlers.add("k", handler, limit_seconds=0.05)
    async with led_by_another(database), OutboxRunner(database, handlers):
        await put(database)
        row = (await until_asked(lambda: rows(database), lambda found: found[0].last_error is not None))[0]

    assert row.last_error == "TimeoutError: the handler took longer than 0.05 s"
    assert ended == ["cancelled"]


async def test_a_handler_that_is_cancelled_from_within_has_failed(database: Database) -> None:
    async def handler(_row: OutboxRow) -> None:
        raise asyncio.CancelledError

    handlers = Handlers()
    handlers.add("k", handler)
    async with led_by_another(database), OutboxRunner(database, handlers):
        await put(database)
        row = (await until_asked(lambda: rows(database), lambda found: found[0].last_error is not None))[0]

    assert row.last_error == "RuntimeError: the handler was cancelled from within"


async def nearly_over(database: Database, runner: OutboxRunner) -> None:
    """Write a row and offer it to the runner as one whose lease has to be renewed in a moment."""
    database.fresh = None
    row_id = (await put(database))[0]
    database.fresh = runner

    async def unit(transaction: Transaction) -> None:
        values = {"lease_token": "mine", "lease_until": DatabaseNow() + 2_000, "attempts": 1}
        await transaction.execute(update(OutboxEntry).where(OutboxEntry.id == row_id).values(**values))

    await database.write(unit)
    row = OutboxRow(row_id, None, "k", None, {"n": 0}, attempts=1)
    runner.offer(Taken(row, "mine", time.monotonic() + RENEW_SECONDS + 0.05))


async def test_the_lease_of_a_long_handler_is_renewed(database: Database) -> None:
    may_end = asyncio.Event()

    async def handler(_row: OutboxRow) -> None:
        await may_end.wait()

    handlers = Handlers()
    handlers.add("k", handler)
    async with led_by_another(database), OutboxRunner(database, handlers) as runner:
        await nearly_over(database, runner)
        first = (await rows(database))[0].lease_until
        await until_asked(lambda: rows(database), lambda found: found[0].lease_until != first)
        may_end.set()
        await until_states(database, ["done"])


async def test_a_handler_whose_lease_was_lost_is_cancelled_and_finishes_nothing(database: Database) -> None:
    ended: list[str] = []

    async def handler(_row: OutboxRow) -> None:
        async def unit(transaction: Transaction) -> None:
            await transaction.execute(update(OutboxEntry).values(lease_token="somebody else's"))

        await database.write(unit)
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("cancelled")

    handlers = Handlers()
    handlers.add("k", handler)
    async with led_by_another(database), OutboxRunner(database, handlers) as runner:
        await nearly_over(database, runner)
        await until(lambda: ended)

    row = (await rows(database))[0]
    assert (row.state, row.lease_token, row.last_error) == ("pending", "somebody else's", None)


async def test_a_runner_that_stops_gives_back_what_it_has_not_ended(database: Database) -> None:
    begun = asyncio.Event()

    async def handler(_row: OutboxRow) -> None:
        begun.set()
        await asyncio.sleep(3600)

    handlers = Handlers()
    handlers.add("k", handler)
    async with OutboxRunner(database, handlers, stop_seconds=0.05) as runner:
        await put(database, count=outbox_runner.AT_ONCE + 2)
        await begun.wait()
        await runner.stop()

    assert {(row.state, row.attempts, row.lease_token) for row in await rows(database)} == {("pending", 0, None)}
    assert not await database.read(led)


async def led(transaction: Transaction) -> bool:
    return (await transaction.execute(select(leases.LeaseRow))).first() is not None


async def test_a_runner_that_stops_lets_what_runs_come_to_its_end(database: Database) -> None:
    begun = asyncio.Event()

    async def handler(_row: OutboxRow) -> None:
        begun.set()
        await asyncio.sleep(0.05)

    handlers = Handlers()
    handlers.add("k", handler)
    async with OutboxRunner(database, handlers):
        await put(database)
        await begun.wait()

    assert await states(database) == ["done"]


async def test_what_is_written_after_the_stop_waits_for_the_next_runner(database: Database) -> None:
    noting = Noting()
    runner = OutboxRunner(database, noting.handlers)
    await runner.start()
    await runner.stop()
    await put(database)

    assert [row.lease_token for row in await rows(database)] == [None]
    assert noting.called == []


async def test_the_leader_purges_what_is_kept_no_longer(database: Database) -> None:
    noting = Noting()
    await put(database)
    async with OutboxRunner(database, noting.handlers):
        await until_states(database, ["done"])
    async with OutboxRunner(database, noting.handlers, kept_hours=0):
        await until_states(database, [])


class Away:
    """A database that is away until it comes back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.away = True
        self.refused: list[str] = []
        self.dialect = database.dialect
        self.fresh = None

    async def read(self, unit: object) -> object:
        return await self.database.read(unit)  # type: ignore[arg-type]

    async def write(self, unit: object) -> object:
        if self.away:
            self.refused.append(getattr(unit, "__qualname__", ""))
            raise DatabaseUnavailable("away")
        return await self.database.write(unit)  # type: ignore[arg-type]

    async def shed_old_pages(self) -> None:
        raise NotImplementedError

    async def ping(self) -> None:
        await self.database.ping()


async def test_a_database_that_is_away_for_a_while_does_not_end_the_runner(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_runner, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(outbox_runner, "RENEW_SECONDS", 0.01)
    noting = Noting()
    away = Away(database)
    await put(database)
    async with OutboxRunner(away, noting.handlers):  # type: ignore[arg-type]
        await until(lambda: len(away.refused) >= 2)
        assert noting.called == []

        away.away = False
        await until_states(database, ["done"])


@pytest.mark.parametrize("fails", [False, True], ids=["a handler that ended", "a handler that failed"])
async def test_an_end_that_cannot_be_written_down_leaves_the_row_to_be_run_again(
    database: Database, *, fails: bool
) -> None:
    called: list[int] = []

    async def handler(row: OutboxRow) -> None:
        called.append(row.attempts)
        away.away = len(called) == 1
        if fails and away.away:
            raise LookupError

    handlers = Handlers()
    handlers.add("k", handler)
    away = Away(database)
    away.away = False
    async with OutboxRunner(away, handlers) as runner:  # type: ignore[arg-type]
        database.fresh = runner
        await put(database)
        # The renewal of the lead may be refused as well, and says nothing about the row.
        await until(lambda: any(name.startswith("OutboxWork.") for name in away.refused))
        away.away = False
        row = (await rows(database))[0]
        assert (row.state, row.attempts, row.last_error) == ("pending", 1, None)
        assert row.lease_token is not None

        await database.write(run_out)
        await look(runner)
        await until_states(database, ["done"])
    assert called == [1, 2]


async def run_out(transaction: Transaction) -> None:
    await transaction.execute(update(OutboxEntry).values(lease_until=DatabaseNow()))


async def test_a_lease_that_cannot_be_renewed_is_lost_in_good_time(database: Database) -> None:
    ended: list[float] = []

    async def handler(_row: OutboxRow) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(time.monotonic())

    handlers = Handlers()
    handlers.add("k", handler)
    away = Away(database)
    async with OutboxRunner(away, handlers, stop_seconds=0) as runner:  # type: ignore[arg-type]
        lease_ends = time.monotonic() + RENEW_SECONDS + 0.05
        runner.offer(Taken(OutboxRow(1, None, "k", None, {}, attempts=1), "token", lease_ends))
        await until(lambda: ended)

    assert ended[0] < lease_ends


def test_two_handlers_for_one_kind_are_refused() -> None:
    noting = Noting()

    with pytest.raises(ValueError, match="two handlers for the outbox kind k"):
        noting.handlers.add("k", noting)


@pytest.mark.parametrize(("attempts", "longest"), [(1, 1), (2, 2), (5, 16), (9, 256), (10, LONGEST_DELAY_SECONDS)])
def test_the_wait_doubles_with_each_try_and_differs(attempts: int, longest: float) -> None:
    delays = [delay_seconds(attempts) for _ in range(200)]

    assert longest / 2 <= min(delays) < max(delays) <= longest


async def test_a_row_that_waited_for_too_long_here_is_left_to_the_leader(database: Database) -> None:
    noting = Noting()
    async with led_by_another(database), OutboxRunner(database, noting.handlers) as runner:
        row = OutboxRow(1, None, "k", None, {}, attempts=1)
        runner.offer(Taken(row, "token", time.monotonic() + RENEW_SECONDS - 0.01))
        runner.offer(Taken(replace(row, id=2), "token", time.monotonic() + 60))
        await until(lambda: noting.called)

    assert [row.id for row in noting.called] == [2]
