"""A table of the tests' own: accounts that entries are written to."""

from dataclasses import replace

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, UniqueConstraint, func, insert, select
from sqlalchemy.schema import CreateTable

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.tenancy.tables import global_table
from backend.db.unit import Database, Transaction

METADATA = MetaData()
ENTRIES = Table(
    "entries",
    METADATA,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("account", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    UniqueConstraint("account", "amount", name="uq_entries_account_amount"),
    **global_table("entries of the tests are nobody's"),
)


async def create(database: Database) -> None:
    """Make the table; a database that holds statements to tenants makes none."""

    async def unit(transaction: Transaction) -> None:
        await transaction.execute(CreateTable(ENTRIES))

    await database.write(unit)


async def create_in(config: DatabaseConfig) -> None:
    async with open_database(replace(config, guarded=False)) as database:
        await create(database)


async def write(transaction: Transaction, account: str, amount: int) -> None:
    await transaction.execute(insert(ENTRIES), {"account": account, "amount": amount})


async def amounts(database: Database, account: str) -> list[int]:
    async def unit(transaction: Transaction) -> list[int]:
        statement = select(ENTRIES.c.amount).where(ENTRIES.c.account == account).order_by(ENTRIES.c.amount)
        return list((await transaction.execute(statement)).scalars())

    return await database.read(unit)


async def count(database: Database) -> int:
    async def unit(transaction: Transaction) -> int:
        return int((await transaction.execute(select(func.count()).select_from(ENTRIES))).scalar_one())

    return await database.read(unit)
