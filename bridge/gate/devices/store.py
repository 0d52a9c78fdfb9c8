"""The queries of devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
from sqlalchemy import Row, bindparam, func, insert, or_, select, update

from backend.accounts.audit.event import Actor
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from bridge.gate.devices.models import DevicePlaceRow, DeviceRow
from bridge.gate.principal import ALL_SCOPES, Scope
from bridge.gate.sessions.models import BridgeSessionRow

UNUSED_DAYS: Final = 30
UNUSED_MILLISECONDS: Final = UNUSED_DAYS * 86_400_000
_FIRST_GENERATION: Final = 1

State = Literal["active", "ended", "revoked"]


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    kind: str
    name: str
    project_id: str | None
    scopes: tuple[Scope, ...]
    master_version: int
    generation: int
    next_master_version: int | None
    approved_at: int
    approved_by_kind: str
    approved_by: str
    signed_at: int | None
    used_at: int | None
    revoked_at: int | None
    version: int
    # The database's clock as it was read.
    now: int

    @property
    def ends_at(self) -> int:
        """When it is over unless it is used before that."""
        return (self.used_at or self.approved_at) + UNUSED_MILLISECONDS

    @property
    def state(self) -> State:
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.now < self.ends_at else "ended"

    @property
    def is_over(self) -> bool:
        """Whether it opens nothing any more: somebody ended it, or it was not used for too long."""
        return self.state != "active"


_ROW: Final = DeviceRow
_COLUMNS: Final = (
    _ROW.id,
    _ROW.kind,
    _ROW.name,
    _ROW.project_id,
    _ROW.scopes,
    _ROW.master_version,
    _ROW.generation,
    _ROW.next_master_version,
    _ROW.approved_at,
    _ROW.approved_by_kind,
    _ROW.approved_by,
    _ROW.signed_at,
    _ROW.used_at,
    _ROW.revoked_at,
    _ROW.version,
    DatabaseNow().label("now"),
)
_OF_TENANT: Final = select(*_COLUMNS).where(_ROW.tenant_id == bindparam("whose"))
_FIND: Final = _OF_TENANT.where(_ROW.id == bindparam("wanted"))
_HOLD: Final = _FIND.with_for_update()
_PAGE: Final = _OF_TENANT.where(_ROW.id > bindparam("after")).order_by(_ROW.id).limit(bindparam("at_most"))
_PLACE: Final = select(DevicePlaceRow.tenant_id).where(DevicePlaceRow.device_id == bindparam("wanted"))
_TENANTS: Final = select(DevicePlaceRow.tenant_id).distinct().order_by(DevicePlaceRow.tenant_id)
_USED: Final = (
    update(_ROW)
    .where(
        _ROW.tenant_id == bindparam("whose"),
        _ROW.id.in_(bindparam("wanted", expanding=True)),
        or_(_ROW.signed_at.is_(None), _ROW.used_at.is_(None), _ROW.used_at < DatabaseNow() - bindparam("apart")),
    )
    .values(signed_at=func.coalesce(_ROW.signed_at, DatabaseNow()), used_at=DatabaseNow())
)
_END_SESSIONS: Final = (
    update(BridgeSessionRow)
    .where(
        BridgeSessionRow.tenant_id == bindparam("whose"),
        BridgeSessionRow.kind == "device",
        BridgeSessionRow.holder_id == bindparam("wanted"),
        BridgeSessionRow.revoked_at.is_(None),
    )
    .values(revoked_at=DatabaseNow())
)


async def add(
    tx: Transaction,
    tenant_id: str,
    device_id: str,
    *,
    kind: str,
    name: str,
    scopes: Sequence[Scope],
    master_version: int,
    by: Actor,
) -> Device:
    """Add a device, and where it is found by its id."""
    statement = (
        insert(_ROW)
        .values(
            tenant_id=tenant_id,
            id=device_id,
            kind=kind,
            name=name,
            scopes=orjson.dumps(list(scopes)).decode(),
            master_version=master_version,
            generation=_FIRST_GENERATION,
            approved_at=DatabaseNow(),
            approved_by_kind=by.kind.value,
            approved_by=by.id,
            version=1,
        )
        .returning(*_COLUMNS)
    )
    added = _device((await tx.execute(statement)).one())
    await tx.execute(insert(DevicePlaceRow).values(device_id=device_id, tenant_id=tenant_id))
    return added


async def place(tx: Transaction, device_id: str) -> str | None:
    """Return whose a device is, before anything of its tenant can be read."""
    found: str | None = (await tx.execute(_PLACE, {"wanted": device_id})).scalar_one_or_none()
    return found


async def find(tx: Transaction, tenant_id: str, device_id: str, *, for_update: bool = False) -> Device | None:
    statement = _HOLD if for_update else _FIND
    found = (await tx.execute(statement, {"whose": tenant_id, "wanted": device_id})).first()
    return None if found is None else _device(found)


async def page(tx: Transaction, tenant_id: str, *, after: tuple[int | str, ...] | None, limit: int) -> Sequence[Device]:
    values = {"whose": tenant_id, "after": "" if after is None else after[0], "at_most": limit}
    return [_device(row) for row in await tx.execute(_PAGE, values)]


async def change(tx: Transaction, tenant_id: str, device_id: str, values: Mapping[str, object]) -> None:
    this = (_ROW.tenant_id == tenant_id, _ROW.id == device_id)
    await tx.execute(update(_ROW).where(*this).values(**values, version=_ROW.version + 1))


async def used(tx: Transaction, tenant_id: str, device_ids: Sequence[str], *, apart_milliseconds: int) -> None:
    """Note that they signed requests just now, unless that was noted lately; for who edits that is no other version."""
    await tx.execute(_USED, {"whose": tenant_id, "wanted": list(device_ids), "apart": apart_milliseconds})


async def end_sessions(tx: Transaction, tenant_id: str, device_id: str) -> None:
    await tx.execute(_END_SESSIONS, {"whose": tenant_id, "wanted": device_id})


async def tenants(tx: Transaction) -> Sequence[str]:
    """Return every tenant that has, or had, a device."""
    return (await tx.execute(_TENANTS)).scalars().all()


async def approved_by(tx: Transaction, tenant_id: str, person_id: str) -> Sequence[Device]:
    """Return the devices of a tenant that a person let in, held until the unit ends."""
    statement = _OF_TENANT.where(_ROW.approved_by_kind == "person", _ROW.approved_by == person_id).with_for_update()
    return [_device(row) for row in await tx.execute(statement, {"whose": tenant_id})]


def _device(row: Row[Any]) -> Device:
    values = row._asdict()
    named = frozenset(orjson.loads(values["scopes"]))
    # A scope of another release gives nothing here.
    return Device(**values | {"scopes": tuple(scope for scope in ALL_SCOPES if scope in named)})
