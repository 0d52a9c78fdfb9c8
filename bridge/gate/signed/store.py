"""What a worker reads of a session that it does not remember."""

from dataclasses import dataclass

import orjson
from sqlalchemy import select

from backend.accounts.tenants.models import TenantRow
from backend.db.unit import Transaction
from bridge.gate.principal import Principal, Scope
from bridge.gate.sessions.models import BridgeSessionRow

_ACTIVE = "active"
_FIND = select(
    BridgeSessionRow.sid,
    BridgeSessionRow.epoch,
    BridgeSessionRow.kind,
    BridgeSessionRow.holder_id,
    BridgeSessionRow.tenant_id,
    BridgeSessionRow.project_id,
    BridgeSessionRow.scopes,
    BridgeSessionRow.place_id,
    BridgeSessionRow.universe_id,
    BridgeSessionRow.ends_at,
    BridgeSessionRow.revoked_at,
    TenantRow.state,
).join(TenantRow, TenantRow.id == BridgeSessionRow.tenant_id)


@dataclass(frozen=True, slots=True)
class Record:
    principal: Principal
    # By itself, by what ended its device or its key, or because its tenant is suspended.
    revoked: bool


async def find(tx: Transaction, sid: str) -> Record | None:
    row = (await tx.execute(_FIND.where(BridgeSessionRow.sid == sid))).one_or_none()
    if row is None:
        return None
    principal = Principal(
        sid=row.sid,
        key_id=f"{row.sid}.{row.epoch}",
        kind=row.kind,
        holder_id=row.holder_id,
        tenant_id=row.tenant_id,
        project_id=row.project_id,
        scopes=frozenset(Scope(scope) for scope in orjson.loads(row.scopes)),
        place_id=row.place_id,
        universe_id=row.universe_id,
        ends_at=row.ends_at,
    )
    return Record(principal, revoked=row.revoked_at is not None or row.state != _ACTIVE)
