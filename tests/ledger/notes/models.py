"""The table of the notes, which sessions of devices and game servers leave in their tenant."""

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from tests.ledger.models import LedgerBase


class NoteRow(LedgerBase):
    __tablename__ = "ledger_notes"

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    holder_id: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Text)
