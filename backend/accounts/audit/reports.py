"""What is shown of a trail to whoever may read it."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from backend.accounts.audit import store
from backend.accounts.audit.chained import Record, is_well_formed
from backend.accounts.audit.checkpoint import Checkpoint
from backend.accounts.audit.export import make_checkpoint
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.store import Narrowed
from backend.accounts.audit.verdict import Fault
from backend.db.unit import Database, Transaction
from backend.errors import Conflict

Detail = Mapping[str, str | int | bool | None]

_NOT_WHOLE: Final = "This trail is not whole, so it is not shown: toolboxai audit verify says what is wrong with it."


async def page(
    tx: Transaction, tenant_id: str, narrowed: Narrowed, beyond: int | None, limit: int
) -> Sequence[tuple[Record, Detail]]:
    """Return events with their details; whether the trail is whole, only `verify` tells."""
    return [
        (record, _detail(record)) for record in await store.page(tx, tenant_id, narrowed, beyond=beyond, limit=limit)
    ]


async def checkpoint(database: Database, trail: AuditTrail, tenant_id: str) -> Checkpoint:
    """Check the whole trail of a tenant, and sign where it ends now."""
    made = await make_checkpoint(database, tenant_id, trail.keys, now=_now, each=lambda _record: None)
    if isinstance(made, Fault):
        raise Conflict(f"This trail is not whole, so it is not signed: {made.sentence}.")
    return made


def _detail(record: Record) -> Detail:
    try:
        found = orjson.loads(record.detail) if is_well_formed(record) else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise Conflict(_NOT_WHOLE)  # somebody has written into the database
    return found


def _now() -> int:
    return int(time.time() * 1000)
