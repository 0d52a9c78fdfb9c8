"""No statement reaches a row of another tenant, whatever it looks like; on both databases."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import (
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from backend.db.claims import ClaimRow
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.tenancy.froms import GuardRefused
from backend.db.unit import Database, Transaction, UnitRefused
from backend.db.upsert import insert_into
from tests.ledger.books.models import BookRow, SealRow
from tests.ledger.models import LedgerBase
from tests.ledger.tables import make_tables

OURS = "a" * 26
THEIRS = "b" * 26
BOOKS = BookRow.__table__
OTHER = aliased(BookRow)
SUB = BOOKS.alias("sub")


def book(tenant: str, number: int = 1) -> dict[str, object]:
    return {
        "tenant_id": tenant,
        "id": f"{number:026}",
        "class_id": "c",
        "title": f"a book of {tenant}",
        "opened_at": number,
        "version": 1,
    }


@pytest.fixture
async def database(database_config: DatabaseConfig) -> AsyncIterator[Database]:
    """A database in which two tenants have a book each, under the same id."""
    await make_tables(database_config)
    async with open_database(database_config) as opened:
        for tenant in (OURS, THEIRS):
            await run(opened, insert(BookRow).values(**book(tenant)), tenant=tenant)
            seal = {"tenant_id": tenant, "id": "s", "book_id": f"{1:026}", "secret_hash": "h"}
            await run(opened, insert(SealRow).values(**seal), tenant=tenant)
        yield opened


async def run(database: Database, statement: Any, params: Any = None, *, tenant: str | None = OURS) -> list[Any]:
    async def unit(tx: Transaction) -> list[Any]:
        result = await tx.execute(statement, params)
        return list(result.all()) if result.returns_rows else []

    return await database.write(unit, tenant=tenant)


async def titles(database: Database, tenant: str) -> list[str]:
    rows = await run(database, select(BookRow.title).where(BookRow.tenant_id == tenant), tenant=tenant)
    return sorted(row.title for row in rows)


def mine(row: Any = BookRow) -> Any:
    return row.tenant_id == OURS


HELD: dict[str, tuple[Any, int]] = {
    "columns": (select(BookRow.title).where(mine()), 1),
    "the whole entity": (select(BookRow).where(mine(), BookRow.id == f"{1:026}"), 1),
    "the other way round": (select(BookRow.title).where(literal(OURS) == BookRow.tenant_id), 1),
    "in parentheses": (select(BookRow.title).where(and_(and_(mine(), BookRow.version == 1), BookRow.opened_at > 0)), 1),
    "beside an OR": (select(BookRow.title).where(mine(), or_(BookRow.version == 1, BookRow.version == 2)), 1),
    "a page": (select(BookRow.id).where(mine(), tuple_(BookRow.opened_at, BookRow.id) > (0, "")).limit(5), 1),
    "an alias": (select(OTHER.title).where(mine(OTHER)), 1),
    "an inner join": (
        select(SealRow.id)
        .join(BookRow, and_(BookRow.tenant_id == SealRow.tenant_id, BookRow.id == SealRow.book_id))
        .where(mine(SealRow)),
        1,
    ),
    "an outer join, tied inside": (
        select(BookRow.title, SealRow.id)
        .join(SealRow, and_(SealRow.tenant_id == BookRow.tenant_id, SealRow.book_id == BookRow.id), isouter=True)
        .where(mine()),
        1,
    ),
    "correlated": (
        select(BookRow.title).where(
            mine(), exists().where(SealRow.tenant_id == BookRow.tenant_id, SealRow.book_id == BookRow.id)
        ),
        1,
    ),
    "a subquery": (select(select(BookRow.title).where(mine()).subquery().c.title), 1),
    "a union": (union_all(select(BookRow.title).where(mine()), select(SealRow.id).where(mine(SealRow))), 2),
    "a common table": (select(select(BookRow.title).where(mine()).cte("c").c.title), 1),
    "a count": (select(func.count()).select_from(BookRow).where(mine()), 1),
    "no table of tenants": (select(func.count()).select_from(ClaimRow), 1),
    "no table": (select(literal(1)), 1),
    "an update": (update(BookRow).where(mine()).values(title="new").returning(BookRow.title), 1),
    "a deletion": (delete(BookRow).where(mine()).returning(BookRow.id), 1),
}


@pytest.mark.parametrize("name", HELD)
async def test_what_is_held_to_the_units_tenant_is_sent_and_finds_its_rows_alone(database: Database, name: str) -> None:
    statement, count = HELD[name]

    assert count == len(await run(database, statement))
    # The plan is kept with the compiled form: the second time it is another path.
    if not isinstance(statement, sqlalchemy.Delete):
        assert count == len(await run(database, statement))
    assert [f"a book of {THEIRS}"] == await titles(database, THEIRS)


def every(make: Callable[[], Any]) -> Any:
    return make()


LOOSE: dict[str, Any] = {
    "no condition": select(BookRow.title),
    "the entity": select(BookRow),
    "by id alone": select(BookRow.title).where(BookRow.id == "1"),
    "an OR": select(BookRow.title).where(or_(mine(), BookRow.version == 1)),
    "a negation": select(BookRow.title).where(sqlalchemy.not_(BookRow.tenant_id == OURS)),
    "an inequality": select(BookRow.title).where(BookRow.tenant_id >= OURS),
    "a list": select(BookRow.title).where(BookRow.tenant_id.in_([OURS, THEIRS])),
    "the tenant of itself": select(BookRow.title).where(BookRow.tenant_id == BookRow.tenant_id),
    "a function of it": select(BookRow.title).where(func.lower(BookRow.tenant_id) == OURS),
    "another column of that name's value": select(BookRow.title).where(BookRow.class_id == OURS),
    "in HAVING": select(func.count(), BookRow.tenant_id).group_by(BookRow.tenant_id).having(mine()),
    "a count": select(func.count()).select_from(BookRow),
    "an alias that is not the one tied": select(OTHER.title).where(mine(), OTHER.id == BookRow.id),
    "two, tied to each other only": select(OTHER.title).where(OTHER.tenant_id == BookRow.tenant_id),
    "a join": select(SealRow.id).join(BookRow, BookRow.id == SealRow.book_id).where(mine(SealRow)),
    "an outer join tied by its ON": select(BookRow.title).join(
        SealRow, and_(SealRow.tenant_id == BookRow.tenant_id, mine()), isouter=True
    ),
    "a full join tied by its ON": select(BookRow.title).join(
        SealRow, and_(SealRow.tenant_id == OURS, BookRow.tenant_id == OURS), full=True
    ),
    "exists": select(literal(1)).where(exists().where(BookRow.id == "1")),
    "exists of a select": select(literal(1)).where(select(BookRow.id).exists()),
    "IN a select": select(SealRow.id).where(mine(SealRow), SealRow.book_id.in_(select(BookRow.id))),
    "a scalar subquery": select(select(func.max(BookRow.title)).scalar_subquery()),
    "a subquery": select(select(BookRow.title).subquery().c.title),
    "a subquery that is tied from outside": every(
        lambda: select((inner := select(BookRow.title, BookRow.tenant_id).subquery()).c.title).where(
            inner.c.tenant_id == OURS
        )
    ),
    "the same table inside, alone": select(BookRow.title).where(
        mine(), BookRow.id.in_(select(BookRow.id).where(BookRow.version == 1))
    ),
    "not correlated on purpose": select(BookRow.title).where(
        mine(), exists(select(SealRow.id).where(mine(SealRow), BookRow.version == 1).correlate(None))
    ),
    "a lateral": every(
        lambda: select((inner := select(BookRow.title).lateral()).c.title, ClaimRow.status).select_from(
            sqlalchemy.join(ClaimRow, inner, sqlalchemy.true())
        )
    ),
    "a union with a loose part": union_all(select(BookRow.title).where(mine()), select(BookRow.title)),
    "a common table": select(select(BookRow.title).cte("c").c.title),
    "a common table beside": select(literal(1)).add_cte(select(BookRow.title).cte("d")),
    "a deletion in a common table": select(delete(BookRow).returning(BookRow.id).cte("e").c.id),
    "in ORDER BY": select(ClaimRow.status).order_by(select(func.max(BookRow.title)).scalar_subquery()),
    "in LIMIT": select(ClaimRow.status).limit(select(func.count(BookRow.id)).scalar_subquery()),
    "a window": select(func.max(BookRow.title).over()),
    "text": text("SELECT title FROM ledger_books"),
    "text that became a select": text("SELECT title FROM ledger_books").columns(BookRow.title),
    "text as a condition": select(BookRow.title).where(mine(), text("1 = 1")),
    "text as a column": select(text("title")).select_from(BookRow).where(mine()),
    "a literal column": select(literal_column("(SELECT max(title) FROM ledger_books)")),
    "an operator": select(BookRow.title).where(mine(), BookRow.version.op("= 1 OR 1 =")(1)),
    "a prefix": select(BookRow.title).where(mine()).prefix_with("DISTINCT"),
    "a suffix": select(BookRow.title).where(mine()).suffix_with("OR 1 = 1"),
    "a hint": select(BookRow.title).where(mine()).with_statement_hint("OR 1 = 1"),
    "a table by name": select(sqlalchemy.column("title")).select_from(sqlalchemy.table("ledger_books")),
    "an update of all": update(BookRow).values(title="x"),
    "an update by id": update(BookRow).where(BookRow.id == f"{1:026}").values(title="x"),
    "an update that moves": update(BookRow).where(mine()).values(tenant_id=THEIRS),
    "an update from a loose table": update(BookRow).where(mine(), BookRow.id == SealRow.book_id).values(title="x"),
    "an update by a loose value": update(BookRow)
    .where(mine())
    .values(title=select(func.max(OTHER.title)).scalar_subquery()),
    "an update tied by an OR": update(BookRow).where(or_(mine(), BookRow.version == 1)).values(title="x"),
    "a deletion of all": delete(BookRow),
    "a deletion by id": delete(BookRow).where(BookRow.id == f"{1:026}"),
    "a deletion by a loose table": delete(BookRow).where(mine(), BookRow.id == SealRow.book_id),
    "an insert from a select": insert(BookRow).from_select(
        ["tenant_id", "id", "class_id", "title", "opened_at", "version"], select(BookRow).where(mine())
    ),
    "an insert without a tenant": insert(BookRow).values(id="2", class_id="c", title="x", opened_at=1, version=1),
    "an insert with a made tenant": insert(BookRow).values({**book(OURS, 2), "tenant_id": func.lower(THEIRS)}),
    "an insert that returns others": insert(BookRow)
    .values(**book(OURS, 2))
    .returning(select(func.max(OTHER.title)).scalar_subquery()),
    "an insert or replace": insert(BookRow).values(**book(OURS, 2)).prefix_with("OR REPLACE"),
    "a change of the schema": sqlalchemy.schema.DropTable(LedgerBase.metadata.tables["ledger_books"]),
}


# SQLAlchemy too finds some of them strange.
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("name", LOOSE)
async def test_what_nothing_holds_to_a_tenant_is_refused(database: Database, name: str) -> None:
    # SQLite has no DELETE over several tables.
    with pytest.raises((GuardRefused, NotImplementedError)):
        await run(database, LOOSE[name])

    for tenant in (OURS, THEIRS):
        assert [f"a book of {tenant}"] == await titles(database, tenant)


@pytest.mark.parametrize("name", [name for name in HELD if not name.startswith("no table")])
async def test_a_unit_of_another_tenant_or_of_none_sends_none_of_it(database: Database, name: str) -> None:
    statement, _ = HELD[name]
    await run(database, statement)
    for tenant in (THEIRS, None):
        with pytest.raises(GuardRefused):
            await run(database, statement, tenant=tenant)


@pytest.mark.parametrize(
    "rows",
    [
        [book(THEIRS, 2)],
        [book(OURS, 2), book(THEIRS, 3)],
        [book(OURS, 2), {**book(OURS, 3), "tenant_id": None}],
    ],
)
async def test_each_row_of_an_insert_brings_the_tenant(database: Database, rows: list[dict[str, object]]) -> None:
    for statement, params in ((insert(BookRow), rows), (insert(BookRow).values(rows), None)):
        with pytest.raises(GuardRefused):
            await run(database, statement, params)

    assert [f"a book of {OURS}"] == await titles(database, OURS)


async def test_many_rows_of_the_tenant_are_inserted_in_each_form(database: Database) -> None:
    await run(database, insert(BookRow), [book(OURS, 2), book(OURS, 3)])
    await run(database, insert(BookRow).values([book(OURS, 4), book(OURS, 5)]))
    await run(database, insert(BookRow).returning(BookRow.id), [book(OURS, 6), book(OURS, 7)])

    assert 7 == len(await titles(database, OURS))


async def test_each_set_of_parameters_is_compared_and_not_only_the_first(database: Database) -> None:
    loose = update(BookRow).where(BookRow.tenant_id == bindparam("whose")).values(title="x")

    with pytest.raises(GuardRefused):
        await run(database, loose, [{"whose": OURS}, {"whose": THEIRS}])
    await run(database, loose, [{"whose": OURS}])

    assert [f"a book of {THEIRS}"] == await titles(database, THEIRS)


async def test_a_row_is_not_moved_by_a_parameter(database: Database) -> None:
    with pytest.raises(GuardRefused):
        await run(database, update(BookRow).where(mine()), {"tenant_id": THEIRS})


async def test_an_upsert_meets_rows_of_its_tenant_alone(database: Database) -> None:
    async def unit(tx: Transaction, target: list[str], values: dict[str, object]) -> None:
        statement = insert_into(BOOKS, tx.dialect).values(**book(OURS))
        await tx.execute(statement.on_conflict_do_update(index_elements=target, set_=values))

    await database.write(lambda tx: unit(tx, ["tenant_id", "id"], {"title": "mine"}), tenant=OURS)
    for target, values in ((["id"], {"title": "x"}), (["tenant_id", "id"], {"tenant_id": THEIRS})):
        with pytest.raises(GuardRefused):
            await database.write(lambda tx, t=target, v=values: unit(tx, t, v), tenant=OURS)  # type: ignore[misc]

    assert ["mine"] == await titles(database, OURS)
    assert [f"a book of {THEIRS}"] == await titles(database, THEIRS)


async def test_the_values_of_the_moment_are_compared_and_not_those_of_the_first_time(database: Database) -> None:
    def of(tenant: str) -> Select[Any]:
        return select(BookRow.title).where(BookRow.tenant_id == tenant)

    for tenant in (OURS, THEIRS, OURS):
        assert [f"a book of {tenant}"] == [row.title for row in await run(database, of(tenant), tenant=tenant)]
        with pytest.raises(GuardRefused):
            await run(database, of(THEIRS if tenant == OURS else OURS), tenant=tenant)


@pytest.mark.parametrize("tenant", ["", "A" * 26, "a" * 27, "a'; --", "ä", "a b"])
async def test_what_is_no_id_of_a_tenant_is_refused(database: Database, tenant: str) -> None:
    for run_in in (database.read, database.write):
        with pytest.raises(UnitRefused):
            await run_in(nothing, tenant=tenant)


async def nothing(tx: Transaction) -> None:
    """Touch nothing."""


async def test_a_refused_statement_ends_its_unit_and_what_it_wrote_before(database: Database) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.execute(insert(BookRow).values(**book(OURS, 2)))
        try:
            await tx.execute(select(BookRow.title))
        except GuardRefused:
            return

    with pytest.raises(UnitRefused):
        await database.write(unit, tenant=OURS)

    assert [f"a book of {OURS}"] == await titles(database, OURS)
