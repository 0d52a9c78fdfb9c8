"""What crosses the wire of exports."""

from dataclasses import dataclass

from backend.accounts.tenants.exports.store import State
from backend.ids import Id


@dataclass(frozen=True, slots=True)
class ExportPath:
    tenant_id: Id
    export_id: Id


@dataclass(frozen=True, slots=True)
class ExportShown:
    id: str
    state: State
    problem: str | None
    asked_at: int
    asked_by_kind: str
    asked_by: str
    ready_at: int | None
    bytes: int | None
    sha256: str | None
    ends_at: int | None


@dataclass(frozen=True, slots=True)
class ExportsShown:
    exports: tuple[ExportShown, ...]
    next: str | None
