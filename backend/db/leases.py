"""Leases by name: of all processes on one database, one at a time holds each, for as long as it renews it."""

from functools import cache

from sqlalchemy import BigInteger, Executable, Text, bindparam, delete, or_
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.config import Dialect
from backend.db.model import Base
from backend.db.now import DatabaseNow
from backend.db.tenancy.tables import global_table
from backend.db.unit import Transaction
from backend.db.upsert import insert_into


class LeaseRow(Base):
    __tablename__ = "leases"
    __table_args__ = global_table("a lease is held by a process")

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    until: Mapped[int] = mapped_column(BigInteger)


async def hold(transaction: Transaction, name: str, holder: str, *, seconds: float) -> bool:
    """Take the lease or renew it; False while somebody else holds it."""
    values = {"name": name, "holder": holder, "milliseconds": round(seconds * 1000)}
    return (await transaction.execute(_take(transaction.dialect), values)).first() is not None


async def let_go(transaction: Transaction, name: str, holder: str) -> None:
    """Give the lease back at once instead of letting it run out."""
    await transaction.execute(delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == holder))


@cache
def _take(dialect: Dialect) -> Executable:
    until = DatabaseNow() + bindparam("milliseconds", type_=BigInteger)
    statement = insert_into(LeaseRow.__table__, dialect).values(
        name=bindparam("name"), holder=bindparam("holder"), until=until
    )
    return statement.on_conflict_do_update(
        index_elements=[LeaseRow.name],
        set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
        where=or_(LeaseRow.holder == statement.excluded.holder, LeaseRow.until <= DatabaseNow()),
    ).returning(LeaseRow.name)
