"""The queries of sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Row, and_, bindparam, case, delete, func, insert, or_, select, update

from backend.accounts.keys.lookups.models import KeyLookupRow
from backend.accounts.tenants.models import TenantRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from bridge.gate.devices.models import DeviceRow
from bridge.gate.devices.store import UNUSED_MILLISECONDS
from bridge.gate.principal import ALL_SCOPES, GAME_KEY, Scope
from bridge.gate.sessions.life import OVERLAP_SECONDS
from bridge.gate.sessions.models import BridgeSessionRow

# It is of no use to anybody after its overlap; kept a little longer for whoever lists sessions to see what was there.
_KEPT_MILLISECONDS: Final = 3_600_000
# A statement has room for some thousands of values.
_ASKED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class NewRecord:
    """What is kept of a session that is opened."""

    sid: str
    epoch: str
    tenant_id: str
    kind: str
    holder_id: str
    project_id: str | None
    scopes: tuple[Scope, ...]
    place_id: int | None
    universe_id: int | None
    master_version: int


@dataclass(frozen=True, slots=True)
class Record:
    """A session as it is now. What it was given is over as soon as its holder or its tenant may not have it."""

    sid: str
    epoch: str
    tenant_id: str
    kind: str
    holder_id: str
    project_id: str | None
    scopes: tuple[Scope, ...]
    place_id: int | None
    universe_id: int | None
    master_version: int
    opened_at: int
    ends_at: int
    is_revoked: bool
    # The database's clock as it was read.
    now: int


_ROW: Final = BridgeSessionRow
# A game key that is revoked has no text that holds, and one that is rotated has another.
_KEY_HOLDS: Final = (
    select(KeyLookupRow.digest)
    .where(
        KeyLookupRow.tenant_id == _ROW.tenant_id,
        KeyLookupRow.key_id == _ROW.holder_id,
        KeyLookupRow.kind == "game",
        or_(KeyLookupRow.ends_at.is_(None), KeyLookupRow.ends_at > DatabaseNow()),
    )
    .correlate(_ROW)
    .exists()
)
_TENANT_IS_ACTIVE: Final = (
    select(TenantRow.id).where(TenantRow.id == _ROW.tenant_id, TenantRow.state == "active").correlate(_ROW).exists()
)
_IS_REVOKED: Final = case(
    (_ROW.revoked_at.is_not(None), 1),
    (~_TENANT_IS_ACTIVE, 1),
    (and_(_ROW.kind == GAME_KEY, ~_KEY_HOLDS), 1),
    else_=0,
)
_RECORD: Final = select(
    _ROW.sid,
    _ROW.epoch,
    _ROW.tenant_id,
    _ROW.kind,
    _ROW.holder_id,
    _ROW.project_id,
    _ROW.scopes,
    _ROW.place_id,
    _ROW.universe_id,
    _ROW.master_version,
    _ROW.opened_at,
    _ROW.ends_at,
    _IS_REVOKED.label("is_revoked"),
    DatabaseNow().label("now"),
)
_FIND: Final = _RECORD.where(_ROW.sid == bindparam("wanted"))
_FIND_ALL: Final = _RECORD.where(_ROW.sid.in_(bindparam("wanted", expanding=True)))
_ENDED_OF: Final = select(_ROW.sid).where(
    _ROW.sid.in_(bindparam("wanted", expanding=True)), _ROW.revoked_at.is_not(None)
)
_IS_LIVE: Final = and_(_ROW.revoked_at.is_(None), _ROW.ends_at > DatabaseNow())
_LIVE: Final = (
    _RECORD.where(_ROW.tenant_id == bindparam("whose"), _IS_LIVE, _ROW.sid > bindparam("after"))
    .order_by(_ROW.sid)
    .limit(bindparam("at_most"))
)
_LIVE_OF_HOLDER: Final = _LIVE.where(_ROW.holder_id == bindparam("holder"))
_COUNT: Final = select(
    func.coalesce(func.sum(case((_IS_LIVE, 1), else_=0)), 0).label("live"), func.count().label("opened")
).where(
    _ROW.tenant_id == bindparam("whose"),
    _ROW.holder_id == bindparam("holder"),
    _ROW.kind == bindparam("kind"),
    _ROW.ends_at > DatabaseNow(),
)
_NEXT_END: Final = select((func.min(_ROW.ends_at) - DatabaseNow()).label("left")).where(
    _ROW.tenant_id == bindparam("whose"),
    _ROW.holder_id == bindparam("holder"),
    _ROW.kind == bindparam("kind"),
    _ROW.ends_at > DatabaseNow(),
)
# In its overlap it still answers, so it can still be ended.
_IS_ANSWERED: Final = and_(_ROW.revoked_at.is_(None), _ROW.ends_at > DatabaseNow() - OVERLAP_SECONDS * 1000)
_END: Final = update(_ROW).where(_ROW.tenant_id == bindparam("whose"), _IS_ANSWERED).values(revoked_at=DatabaseNow())
_END_ONE: Final = _END.where(_ROW.sid == bindparam("wanted"))
_END_OF_HOLDER: Final = _END.where(_ROW.holder_id == bindparam("holder"))
_FORGET: Final = delete(_ROW).where(_ROW.sid == bindparam("wanted"))
# Two that sweep at once do not wait for each other.
_ENDED: Final = (
    select(_ROW.sid)
    .where(_ROW.ends_at <= DatabaseNow() - _KEPT_MILLISECONDS)
    .order_by(_ROW.ends_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_VERSIONS_OF_SESSIONS: Final = (
    select(_ROW.master_version, func.count().label("counted")).where(_IS_LIVE).group_by(_ROW.master_version)
)
# A device that moves on to another version needs both until it has; one that is over needs none.
_VERSIONS_OF_DEVICES: Final = (
    select(DeviceRow.master_version, DeviceRow.next_master_version, func.count().label("counted"))
    .where(
        DeviceRow.tenant_id == bindparam("whose"),
        DeviceRow.revoked_at.is_(None),
        func.coalesce(DeviceRow.used_at, DeviceRow.approved_at) > DatabaseNow() - UNUSED_MILLISECONDS,
    )
    .group_by(DeviceRow.master_version, DeviceRow.next_master_version)
)


async def add(tx: Transaction, new: NewRecord, *, life_milliseconds: int) -> None:
    statement = insert(_ROW).values(
        sid=new.sid,
        epoch=new.epoch,
        tenant_id=new.tenant_id,
        kind=new.kind,
        holder_id=new.holder_id,
        project_id=new.project_id,
        scopes=orjson.dumps(list(new.scopes)).decode(),
        place_id=new.place_id,
        universe_id=new.universe_id,
        master_version=new.master_version,
        opened_at=DatabaseNow(),
        ends_at=DatabaseNow() + life_milliseconds,
    )
    await tx.execute(statement)


async def find(tx: Transaction, sid: str) -> Record | None:
    """Return what a session may do now, in one statement: a worker asks this in the midst of a request."""
    found = (await tx.execute(_FIND, {"wanted": sid})).first()
    return None if found is None else _record(found)


async def find_all(tx: Transaction, sids: Sequence[str]) -> Sequence[Record]:
    """Return what these sessions may do now."""
    found: list[Record] = []
    for start in range(0, len(sids), _ASKED_AT_ONCE):
        rows = await tx.execute(_FIND_ALL, {"wanted": sids[start : start + _ASKED_AT_ONCE]})
        found += [_record(row) for row in rows]
    return found


async def ended(tx: Transaction, sids: Sequence[str]) -> Sequence[str]:
    """Return those of these sessions that were ended before their time."""
    found: list[str] = []
    for start in range(0, len(sids), _ASKED_AT_ONCE):
        found += (await tx.execute(_ENDED_OF, {"wanted": sids[start : start + _ASKED_AT_ONCE]})).scalars()
    return found


async def live(
    tx: Transaction, tenant_id: str, *, holder_id: str | None = None, after: str = "", limit: int
) -> Sequence[Record]:
    """Return the sessions of a tenant that have not ended, in the order of their ids."""
    values = {"whose": tenant_id, "after": after, "at_most": limit}
    if holder_id is None:
        return [_record(row) for row in await tx.execute(_LIVE, values)]
    return [_record(row) for row in await tx.execute(_LIVE_OF_HOLDER, {**values, "holder": holder_id})]


async def count(tx: Transaction, tenant_id: str, kind: str, holder_id: str) -> tuple[int, int]:
    """Return how many live sessions a holder has, and how many with those that were ended before their time."""
    found = (await tx.execute(_COUNT, {"whose": tenant_id, "kind": kind, "holder": holder_id})).one()
    return int(found.live), int(found.opened)


async def milliseconds_to_next_end(tx: Transaction, tenant_id: str, kind: str, holder_id: str) -> int:
    values = {"whose": tenant_id, "kind": kind, "holder": holder_id}
    return (await tx.execute(_NEXT_END, values)).scalar_one() or 0


async def end(tx: Transaction, tenant_id: str, sid: str) -> int:
    return (await tx.execute(_END_ONE, {"whose": tenant_id, "wanted": sid})).rowcount


async def end_of_holder(tx: Transaction, tenant_id: str, holder_id: str) -> int:
    return (await tx.execute(_END_OF_HOLDER, {"whose": tenant_id, "holder": holder_id})).rowcount


async def end_of_tenant(tx: Transaction, tenant_id: str) -> int:
    return (await tx.execute(_END, {"whose": tenant_id})).rowcount


async def forget(tx: Transaction, sid: str) -> None:
    await tx.execute(_FORGET, {"wanted": sid})


async def sweep(tx: Transaction, *, at_most: int) -> None:
    """Delete sessions that ended a while ago."""
    ended = (await tx.execute(_ENDED, {"at_most": at_most})).scalars().all()
    if ended:
        await tx.execute(delete(_ROW).where(_ROW.sid.in_(ended)))


async def versions_of_sessions(tx: Transaction) -> Mapping[int, int]:
    """Return how many live sessions have their key from each version of the master key."""
    return {row.master_version: row.counted for row in await tx.execute(_VERSIONS_OF_SESSIONS)}


async def versions_of_devices(tx: Transaction, tenant_id: str) -> Mapping[int, int]:
    """Return how many devices of a tenant need each version of the master key."""
    counted: dict[int, int] = {}
    for row in await tx.execute(_VERSIONS_OF_DEVICES, {"whose": tenant_id}):
        for version in {row.master_version, row.next_master_version} - {None}:
            counted[version] = counted.get(version, 0) + row.counted
    return counted


def _record(row: Row[Any]) -> Record:
    values = row._asdict()
    named = frozenset(orjson.loads(values["scopes"]))
    # A scope of another release gives nothing here.
    scopes = tuple(scope for scope in ALL_SCOPES if scope in named)
    return Record(**values | {"scopes": scopes, "is_revoked": bool(values["is_revoked"])})
