"""Whoever owns the database drops the triggers and changes what they like; the first bad record is named."""

from typing import Any, TypeVar

import pytest
import pytest_asyncio
import sqlalchemy
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from backend.accounts.audit import store
from backend.accounts.audit.chained import Record
from backend.accounts.audit.checkpoint import Checkpoint, sign
from backend.accounts.audit.models import AuditEventRow, AuditHeadRow
from backend.accounts.audit.reading import read_whole
from backend.accounts.audit.verify import Chain
from backend.db.config import Dialect
from backend.db.fresh import FreshRows
from backend.db.unit import Database, Transaction, Unit
from tests.audit.samples import OTHER_SCHOOL, SCHOOL, numbered

from .conftest import TRAIL, record

T = TypeVar("T")

LENGTH = 7
TRIGGERS = {
    "sqlite": ["DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"],
    "postgresql": ["ALTER TABLE audit_events DISABLE TRIGGER ALL"],
}
EDITS: list[tuple[str, Any]] = [
    ("tenant_id", OTHER_SCHOOL),
    ("number", 1000),
    ("number", -(2**63)),
    ("at", 1),
    ("kind", "tenant.deleted"),
    ("actor_kind", "game_key"),
    ("actor_id", numbered("other")),
    ("subject_id", numbered("other")),
    ("subject_id", ""),
    ("detail", "{}"),
    ("key_version", 2),
    ("previous", bytes(32)),
    ("tag", bytes(32)),
]


@pytest_asyncio.fixture
async def open_to_all(owned: Database) -> Database:
    """A database with a trail of seven records, which nothing protects any more."""
    for number in range(LENGTH):
        await record(owned, number)

    async def unit(tx: Transaction) -> None:
        for each in TRIGGERS[owned.dialect]:
            await tx.execute(sqlalchemy.text(each))

    await owned.write(unit)
    return owned


async def found(database: Database, *, page: int = 3, checkpoints: tuple[Checkpoint, ...] = ()) -> int | None:
    seen: list[Record] = []
    chain = Chain(SCHOOL, TRAIL.keys, checkpoints=checkpoints)
    fault = await read_whole(database, SCHOOL, chain, seen.append, page=page)
    assert [each.number for each in seen] == list(range(1, chain.number + 1))
    return None if fault is None else fault.number


async def do(database: Database, *statements: Any) -> None:
    async def unit(tx: Transaction) -> None:
        for each in statements:
            await tx.execute(each)

    await database.write(unit)


def change(at: int, /, **values: Any) -> Any:
    return update(AuditEventRow).where(AuditEventRow.number == at).values(**values)


def cut(kept: int) -> Any:
    return delete(AuditEventRow).where(AuditEventRow.number > kept)


async def move_head(database: Database, number: int) -> None:
    async def unit(tx: Transaction) -> None:
        (last,) = await store.events(tx, SCHOOL, after=number - 1, limit=1)
        await tx.execute(update(AuditHeadRow).values(number=number, tag=last.tag))

    await database.write(unit)


@pytest.mark.parametrize("page", [1, 3, LENGTH, 500])
async def test_a_trail_as_it_was_written_is_good_whatever_the_page(open_to_all: Database, page: int) -> None:
    assert await found(open_to_all, page=page) is None


@pytest.mark.parametrize("at", [2, LENGTH])
@pytest.mark.parametrize(("column", "value"), EDITS)
async def test_an_edit_of_any_column_is_found(open_to_all: Database, column: str, value: Any, at: int) -> None:
    await do(open_to_all, change(at, **{column: value}))

    assert (value if column == "number" and value < 0 else at) == await found(open_to_all)


@pytest.mark.parametrize("at", [1, 4, LENGTH])
async def test_a_deletion_is_found(open_to_all: Database, at: int) -> None:
    await do(open_to_all, delete(AuditEventRow).where(AuditEventRow.number == at))

    assert at == await found(open_to_all)


async def test_a_swap_is_found(open_to_all: Database) -> None:
    await do(open_to_all, change(3, number=100), change(5, number=3), change(100, number=5))

    assert 3 == await found(open_to_all)


async def test_a_record_that_was_put_in_is_found(open_to_all: Database) -> None:
    shift = [change(number, number=number + 1) for number in range(LENGTH, 3, -1)]
    columns = [each.key for each in AuditEventRow.__table__.columns]
    copied = sqlalchemy.select(
        *(sqlalchemy.literal(4) if each == "number" else getattr(AuditEventRow, each) for each in columns)
    ).where(AuditEventRow.number == 2)
    await do(open_to_all, *shift, sqlalchemy.insert(AuditEventRow).from_select(columns, copied))

    assert 4 == await found(open_to_all)


async def test_a_cut_tail_is_found_by_the_head_and_with_the_head_by_a_checkpoint(open_to_all: Database) -> None:
    async def unit(tx: Transaction) -> Checkpoint:
        head = await store.head(tx, SCHOOL)
        assert head is not None
        return sign(TRAIL.keys.signing(), SCHOOL, head.number, head.tag, at=1_700_000_000_000)

    signed = await open_to_all.read(unit)
    await do(open_to_all, cut(4))
    by_the_head = await found(open_to_all)
    await move_head(open_to_all, 4)

    assert 5 == by_the_head
    assert await found(open_to_all) is None
    assert 5 == await found(open_to_all, checkpoints=(signed,))

    await do(open_to_all, cut(0), delete(AuditHeadRow))

    assert await found(open_to_all) is None
    assert 1 == await found(open_to_all, checkpoints=(signed,))


async def test_a_head_that_was_set_back_to_hide_what_follows_is_found(open_to_all: Database) -> None:
    await move_head(open_to_all, 4)

    assert 5 == await found(open_to_all)


async def test_a_head_that_is_gone_is_found(open_to_all: Database) -> None:
    await do(open_to_all, delete(AuditHeadRow))

    assert 1 == await found(open_to_all)
    assert [SCHOOL] == await open_to_all.read(store.tenants)
    with pytest.raises(IntegrityError):
        await record(open_to_all, 0)


# PostgreSQL holds each value to the type of its column.
@pytest.mark.parametrize("database_config", ["sqlite"], indirect=True)
@pytest.mark.parametrize("column", [each.key for each in AuditEventRow.__table__.columns if each.key != "tenant_id"])
async def test_a_value_that_sqlite_lets_be_of_another_type_is_found(open_to_all: Database, column: str) -> None:
    blob = column not in {"previous", "tag"}
    # Where a text belongs a blob, elsewhere a text that is no number.
    value = "x'00ff'" if blob else "'text'"
    await do(open_to_all, sqlalchemy.text(f"UPDATE audit_events SET {column} = {value} WHERE number = 3"))  # noqa: S608

    assert 3 == await found(open_to_all)


async def test_who_appends_while_a_trail_is_read_does_not_make_it_look_damaged(open_to_all: Database) -> None:
    class Appending:
        """After each of the first reads there is one record more."""

        dialect: Dialect = open_to_all.dialect
        fresh: FreshRows | None = None
        reads = 0

        async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
            answer = await open_to_all.read(unit, tenant=tenant)
            self.reads += 1
            if self.reads < 6:
                await record(open_to_all, self.reads)
            return answer

        async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
            return await open_to_all.write(unit, tenant=tenant)

        async def shed_old_pages(self) -> None:
            raise NotImplementedError

        async def ping(self) -> None:
            await open_to_all.ping()

    assert await found(Appending(), page=2) is None


async def test_a_head_whose_records_are_all_gone_is_found(open_to_all: Database) -> None:
    await do(open_to_all, cut(0))

    assert 1 == await found(open_to_all)
    assert [SCHOOL] == await open_to_all.read(store.tenants)
