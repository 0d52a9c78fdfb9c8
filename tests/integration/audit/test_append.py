"""Numbers without a gap, whoever appends and whatever fails; and nothing but appending."""

import asyncio
from contextlib import suppress
from dataclasses import asdict

import pytest
import sqlalchemy
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from backend.accounts.audit import store
from backend.accounts.audit.chained import BEFORE_THE_FIRST, Record
from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import PLATFORM, NotAnId
from backend.accounts.audit.models import AuditEventRow
from backend.accounts.audit.reading import read_whole
from backend.accounts.audit.verify import Chain
from backend.accounts.audit.words import SystemPart
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database, Transaction
from tests.audit.samples import OTHER_SCHOOL, SCHOOL, event, numbered
from tests.servers.databases import PostgresDatabases, owner_of

from .conftest import TRAIL, record

UNITS = 60


async def records(database: Database, tenant_id: str = SCHOOL) -> list[Record]:
    async def unit(tx: Transaction) -> list[Record]:
        return list(await store.events(tx, tenant_id, limit=store.MOST_EVENTS_A_PAGE))

    return await database.read(unit)


async def execute(database: Database, sql: str) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.execute(sqlalchemy.text(sql))

    await database.write(unit)


async def test_many_units_at_once_leave_every_number_once_and_each_tied_to_the_one_before(database: Database) -> None:
    numbers = await asyncio.gather(*(record(database, number) for number in range(UNITS)))
    kept = await records(database)

    assert list(range(1, UNITS + 1)) == sorted(numbers)
    assert list(range(1, UNITS + 1)) == [each.number for each in kept]
    assert [BEFORE_THE_FIRST, *(each.tag for each in kept[:-1])] == [each.previous for each in kept]


async def test_two_programs_on_one_database_leave_no_gap(database: Database, database_config: DatabaseConfig) -> None:
    async with open_database(database_config) as another:
        both = (record(one, number) for number in range(UNITS // 2) for one in (database, another))
        numbers = await asyncio.gather(*both)

    assert list(range(1, UNITS + 1)) == sorted(numbers)
    chain = Chain(SCHOOL, TRAIL.keys)
    assert await read_whole(database, SCHOOL, chain, lambda _record: None) is None
    assert UNITS == chain.number


async def test_units_that_fail_leave_no_gap(database: Database) -> None:
    async def fails(tx: Transaction) -> None:
        await TRAIL.record(tx, SCHOOL, event(0))
        raise RuntimeError

    async def either(number: int) -> None:
        if number % 3 == 0:
            with pytest.raises(RuntimeError):
                await database.write(fails)
        else:
            await record(database, number)

    await asyncio.gather(*(either(number) for number in range(UNITS)))

    assert list(range(1, UNITS * 2 // 3 + 1)) == [each.number for each in await records(database)]


async def test_what_a_savepoint_takes_back_leaves_no_gap(database: Database) -> None:
    async def unit(tx: Transaction) -> list[int]:
        first = await TRAIL.record(tx, SCHOOL, event(0))
        with suppress(RuntimeError):
            async with tx.savepoint():
                await TRAIL.record(tx, SCHOOL, event(1))
                raise RuntimeError
        return [first, await TRAIL.record(tx, SCHOOL, event(2))]

    assert [1, 2] == await database.write(unit)
    assert [1, 2] == [each.number for each in await records(database)]


async def test_every_tenant_counts_for_itself(database: Database) -> None:
    numbers = [await record(database, 0, tenant) for tenant in (SCHOOL, OTHER_SCHOOL, PLATFORM, SCHOOL)]

    assert [1, 1, 1, 2] == numbers
    assert [PLATFORM, SCHOOL, OTHER_SCHOOL] == await database.read(store.tenants)


async def test_the_record_says_what_happened(database: Database) -> None:
    await record(database, 4)
    (kept,) = await records(database)

    assert ("pupil.identified", "person", numbered("teacher", 4), numbered("pupil", 4)) == (
        kept.kind,
        kept.actor_kind,
        kept.actor_id,
        kept.subject_id,
    )
    assert f'{{"class_id":"{numbered("class", 4)}","purpose":"results"}}' == kept.detail
    assert kept.at > 1_600_000_000_000


async def test_pages_follow_one_another(database: Database) -> None:
    for number in range(5):
        await record(database, number)

    async def page(after: int) -> list[int]:
        async def unit(tx: Transaction) -> list[int]:
            return [each.number for each in await store.events(tx, SCHOOL, after=after, limit=2)]

        return await database.read(unit)

    assert [[1, 2], [3, 4], [5], []] == [await page(after) for after in (0, 2, 4, 5)]


@pytest.mark.parametrize("tenant", ["", "St Mary's", "Platform", "school"])
async def test_a_tenant_that_is_no_id_is_refused(database: Database, tenant: str) -> None:
    with pytest.raises(NotAnId):
        await record(database, 0, tenant)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_events SET detail = '{}' WHERE number = 2",
        "UPDATE audit_events SET number = 9 WHERE number = 3",
        "DELETE FROM audit_events WHERE number = 3",
        "DELETE FROM audit_events",
    ],
)
async def test_the_database_refuses_to_change_what_is_written(owned: Database, sql: str) -> None:
    for number in range(3):
        await record(owned, number)
    before = await records(owned)

    with pytest.raises(IntegrityError, match="audit_events can only be added to"):
        await execute(owned, sql)

    assert before == await records(owned)


async def test_a_row_cannot_be_put_in_the_place_of_another(owned: Database) -> None:
    await record(owned, 0)
    (kept,) = await records(owned)
    other = insert(AuditEventRow).values(**asdict(kept) | {"detail": "{}"})
    if owned.dialect == "sqlite":
        other = other.prefix_with("OR REPLACE")

    async def unit(tx: Transaction) -> None:
        await tx.execute(other)

    with pytest.raises(IntegrityError):
        await owned.write(unit)

    assert [kept] == await records(owned)


async def test_the_table_cannot_be_emptied_at_once(
    postgres_databases: PostgresDatabases, postgres_database: DatabaseConfig
) -> None:
    """SQLite has no TRUNCATE."""
    async with open_database(owner_of(postgres_databases.owned(postgres_database.url.reveal()))) as owned:
        await record(owned, 0)
        with pytest.raises(IntegrityError, match="audit_events can only be added to"):
            await execute(owned, "TRUNCATE audit_events")


async def test_a_trail_goes_as_a_whole_and_leaves_a_record_of_it(database: Database) -> None:
    for number in range(3):
        await record(database, number)
    await record(database, 0, OTHER_SCHOOL)
    last = (await records(database))[-1]

    async def unit(tx: Transaction) -> int:
        return await TRAIL.erase(tx, SCHOOL, Actor.system(SystemPart.RETENTION), at_most=2)

    assert [2, 1, 0] == [await database.write(unit) for _ in range(3)]
    assert [] == await records(database)
    assert 1 == len(await records(database, OTHER_SCHOOL))
    (told,) = await records(database, PLATFORM)
    assert "trail.erased" == told.kind
    assert f'{{"last_tag":"{last.tag.hex()}","records":3,"tenant":"{SCHOOL}"}}' == told.detail


async def test_the_trail_of_the_platform_stays(database: Database) -> None:
    await record(database, 0, PLATFORM)

    with pytest.raises(NotAnId):
        await database.write(lambda tx: TRAIL.erase(tx, PLATFORM, Actor.system(SystemPart.RETENTION)))


async def test_where_there_is_no_trail_nothing_is_erased_and_nothing_told(database: Database) -> None:
    async def unit(tx: Transaction) -> int:
        return await TRAIL.erase(tx, SCHOOL, Actor.system(SystemPart.RETENTION))

    assert 0 == await database.write(unit)
    assert [] == await records(database, PLATFORM)
