"""The only place of the notes that knows SQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from backend.db.unit import Transaction
from tests.ledger.notes.models import NoteRow


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    holder_id: str
    place_id: int | None
    letters: int


async def add(tx: Transaction, tenant_id: str, note: Note, text: str) -> None:
    values = {"tenant_id": tenant_id, "id": note.id, "holder_id": note.holder_id, "place_id": note.place_id}
    await tx.execute(insert(NoteRow).values(**values, text=text))


async def page(tx: Transaction, tenant_id: str, limit: int) -> Sequence[Note]:
    letters = func.length(NoteRow.text).label("letters")
    statement = select(NoteRow.id, NoteRow.holder_id, NoteRow.place_id, letters).where(NoteRow.tenant_id == tenant_id)
    rows = await tx.execute(statement.order_by(NoteRow.id).limit(limit))
    return [Note(row.id, row.holder_id, row.place_id, row.letters) for row in rows]
