"""The query that ends a session."""

from sqlalchemy import bindparam, update

from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from bridge.gate.sessions.models import BridgeSessionRow

_END = (
    update(BridgeSessionRow)
    .where(BridgeSessionRow.sid == bindparam("ended"), BridgeSessionRow.revoked_at.is_(None))
    .values(revoked_at=DatabaseNow())
)


async def end(tx: Transaction, sid: str) -> None:
    await tx.execute(_END, {"ended": sid})
