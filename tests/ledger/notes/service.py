"""The rules of the notes: one says who left it and where, and one is never left empty."""

from collections.abc import Sequence
from uuid import uuid4

from backend.db.unit import Transaction
from backend.errors import Conflict
from bridge.gate.principal import Principal
from tests.ledger.notes import store
from tests.ledger.notes.store import Note


async def leave(tx: Transaction, by: Principal, text: str) -> Note:
    if not text:
        raise Conflict("A note without a word is none.")
    note = Note(str(uuid4()), by.holder_id, by.place_id, len(text))
    await store.add(tx, by.tenant_id, note, text)
    return note


async def page(tx: Transaction, tenant_id: str, limit: int) -> Sequence[Note]:
    return await store.page(tx, tenant_id, limit)
