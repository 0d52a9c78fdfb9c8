"""The queries of exports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Row, bindparam, func, insert, or_, select, update

from backend.accounts.tenants.exports.models import TenantExportRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction

State = Literal["wanted", "ready", "failed"]
Failure = Literal["too_large", "gave_up"]


@dataclass(frozen=True, slots=True)
class Export:
    id: str
    state: State
    failure: Failure | None
    asked_at: int
    asked_by_kind: str
    asked_by: str
    ready_at: int | None
    bytes: int | None
    sha256: str | None
    ends_at: int | None
    version: int


_ROW: Final = TenantExportRow
_EXPORT: Final = tuple(getattr(_ROW, name) for name in Export.__slots__)
_OF_TENANT: Final = select(*_EXPORT).where(_ROW.tenant_id == bindparam("whose"))
_FIND: Final = _OF_TENANT.where(_ROW.id == bindparam("wanted"))
_FIND_TO_CHANGE: Final = _FIND.with_for_update()
_PAGE: Final = _OF_TENANT.where(_ROW.id > bindparam("after")).order_by(_ROW.id).limit(bindparam("at_most"))
_COUNT: Final = select(func.count().label("how_many")).select_from(_ROW).where(_ROW.tenant_id == bindparam("whose"))
_RUNNING: Final = _COUNT.where(_ROW.state == "wanted")
_WITH_FILE: Final = _COUNT.where(or_(_ROW.state == "wanted", _ROW.ends_at > bindparam("now")))


async def add(tx: Transaction, tenant_id: str, export_id: str, *, by: tuple[str, str]) -> Export:
    statement = insert(_ROW).values(
        tenant_id=tenant_id,
        id=export_id,
        state="wanted",
        asked_at=DatabaseNow(),
        asked_by_kind=by[0],
        asked_by=by[1],
        version=1,
    )
    return _export((await tx.execute(statement.returning(*_EXPORT))).one())


async def find(tx: Transaction, tenant_id: str, export_id: str, *, for_update: bool = False) -> Export | None:
    statement = _FIND_TO_CHANGE if for_update else _FIND
    found = (await tx.execute(statement, {"whose": tenant_id, "wanted": export_id})).first()
    return None if found is None else _export(found)


async def page(tx: Transaction, tenant_id: str, *, after: str, limit: int) -> Sequence[Export]:
    found = await tx.execute(_PAGE, {"whose": tenant_id, "after": after, "at_most": limit})
    return [_export(row) for row in found]


async def running(tx: Transaction, tenant_id: str) -> int:
    return int((await tx.execute(_RUNNING, {"whose": tenant_id})).scalar_one())


async def with_file(tx: Transaction, tenant_id: str, *, now: int) -> int:
    """Return how many have a file, or will have one."""
    return int((await tx.execute(_WITH_FILE, {"whose": tenant_id, "now": now})).scalar_one())


async def ready(
    tx: Transaction, tenant_id: str, export_id: str, size_bytes: int, sha256: str, *, kept_seconds: int
) -> None:
    values = {
        "state": "ready",
        "ready_at": DatabaseNow(),
        "bytes": size_bytes,
        "sha256": sha256,
        "ends_at": DatabaseNow() + kept_seconds * 1000,
        "version": _ROW.version + 1,
    }
    await tx.execute(update(_ROW).where(_ROW.tenant_id == tenant_id, _ROW.id == export_id).values(values))


async def failed(tx: Transaction, tenant_id: str, export_id: str, why: Failure) -> None:
    this = (_ROW.tenant_id == tenant_id, _ROW.id == export_id, _ROW.state == "wanted")
    values = {"state": "failed", "failure": why, "version": _ROW.version + 1}
    await tx.execute(update(_ROW).where(*this).values(values))


def _export(row: Row[Any]) -> Export:
    return Export(**row._asdict())
