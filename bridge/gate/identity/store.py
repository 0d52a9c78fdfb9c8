"""The queries of the row that names this installation."""

from typing import Final

from sqlalchemy import select

from backend.db.unit import Transaction
from backend.db.upsert import insert_into
from bridge.gate.sessions.models import BridgeIdentityRow

_THE_ROW: Final = 1
_FIND: Final = select(BridgeIdentityRow.id).where(BridgeIdentityRow.one == _THE_ROW)
_HOLD: Final = _FIND.with_for_update()


async def find(tx: Transaction) -> str | None:
    found: str | None = (await tx.execute(_FIND)).scalar_one_or_none()
    return found


async def make(tx: Transaction, identity: str) -> None:
    """Give the installation a name, unless it has one."""
    statement = insert_into(BridgeIdentityRow.__table__, tx.dialect).values(one=_THE_ROW, id=identity)
    await tx.execute(statement.on_conflict_do_nothing())


async def hold(tx: Transaction) -> None:
    """Let one unit at a time go on from here, in the whole installation, until it ends."""
    await tx.execute(_HOLD)
