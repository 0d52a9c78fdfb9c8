"""What crosses the wire of the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from backend.accounts.audit.kinds import KINDS
from backend.crockford import DIGIT
from backend.ids import ID_LENGTH, Id
from backend.web.paging import PageQuery

_NAMES: Final = tuple(sorted(KINDS.names()))


def _kind(text: str) -> str:
    if text not in _NAMES:
        raise ValueError("is no kind of event; docs/audit.md has them all")
    return text


Kind = Annotated[str, Field(max_length=64, json_schema_extra={"enum": [*_NAMES]}), AfterValidator(_kind)]

# A pseudonym is all chance, so it may begin with what no id begins with.
Subject = Annotated[str, Field(pattern=rf"^{DIGIT}{{{ID_LENGTH}}}$", min_length=ID_LENGTH, max_length=ID_LENGTH)]


@dataclass(frozen=True, slots=True)
class AuditPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class EventsQuery(PageQuery):
    kind: Annotated[Kind | None, Field(description="Only events of this kind")] = None
    subject_id: Annotated[Subject | None, Field(description="Only what was done to this person")] = None
    order: Literal["newest_first", "oldest_first"] = "newest_first"


@dataclass(frozen=True, slots=True)
class EventShown:
    number: int
    at: int
    kind: str
    actor_kind: str
    actor_id: str
    subject_id: str | None
    detail: Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class EventsShown:
    events: tuple[EventShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class CheckpointShown:
    """A checkpoint as `toolboxai audit verify --checkpoint` takes it."""

    form: str
    tenant_id: str
    number: int
    tag: str
    at: int
    lines_sha256: None
    public_key: str
    signature: str
