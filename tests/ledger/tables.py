"""Makes the tables of the ledger; the product's own are made by migrations, which these have none of."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.schema import CreateIndex, CreateTable

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Transaction
from tests.ledger.books import models as books
from tests.ledger.models import LedgerBase
from tests.ledger.notes import models as notes

_CREATING = 715_001


async def make_tables(config: DatabaseConfig) -> None:
    """Make what is missing; a database that holds statements to tenants makes no tables."""
    async with open_database(replace(config, guarded=False)) as database:
        await database.write(_create)


async def _create(tx: Transaction) -> None:
    """Several workers may come here at once."""
    if tx.dialect == "postgresql":
        # IF NOT EXISTS alone fails when two transactions create the same table at the same time.
        await tx.execute(select(func.pg_advisory_xact_lock(_CREATING)))
    assert {books.BookRow.metadata, notes.NoteRow.metadata} == {LedgerBase.metadata}
    for table in LedgerBase.metadata.sorted_tables:
        await tx.execute(CreateTable(table, if_not_exists=True))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            await tx.execute(CreateIndex(index, if_not_exists=True))
