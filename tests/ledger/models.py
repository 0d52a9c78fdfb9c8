"""The tables of the ledger: on metadata of their own, so that the product's schema does not know them."""

from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.db.model import NAMES
from backend.db.tenancy.tables import global_table


class LedgerBase(DeclarativeBase):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


class AccountRow(LedgerBase):
    __tablename__ = "ledger_accounts"
    __table_args__ = global_table("accounts of the tests are everybody's")

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    opened_at: Mapped[int] = mapped_column(BigInteger)


class EntryRow(LedgerBase):
    __tablename__ = "ledger_entries"
    __table_args__ = global_table("as its account")

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.name"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[int] = mapped_column(BigInteger)


class MirrorRow(LedgerBase):
    """What the outbox makes of an entry: one row for each, or the outbox lied."""

    __tablename__ = "ledger_mirror"
    __table_args__ = global_table("as its entry")

    entry_id: Mapped[str] = mapped_column(Text, primary_key=True)
    outbox_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    amount: Mapped[int] = mapped_column(BigInteger)
