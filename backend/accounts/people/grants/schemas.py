"""What crosses the wire of members and of what they hold."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from backend.ids import Id
from backend.web.words import Line

_LAST_MOMENT: Final = 253_402_300_799_999  # the end of the year 9999

PersonName = Annotated[Line, Field(min_length=1, max_length=100)]
RoleName = Annotated[str, Field(pattern=r"^[a-z_]{2,32}$", description="A role of docs/permissions.md")]
Moment = Annotated[int, Field(ge=0, le=_LAST_MOMENT, description="Milliseconds since 1970")]


@dataclass(frozen=True, slots=True)
class TenantPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class PersonPath:
    tenant_id: Id
    person_id: Id


@dataclass(frozen=True, slots=True)
class GrantPath:
    tenant_id: Id
    grant_id: Id


@dataclass(frozen=True, slots=True)
class PersonChange:
    name: PersonName


@dataclass(frozen=True, slots=True)
class NewGrant:
    person_id: Id
    role: RoleName
    class_id: Id | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class PersonShown:
    id: str
    name: str
    email: str
    state: str
    has_second_factor: bool
    joined_at: int
    suspended_at: int | None


@dataclass(frozen=True, slots=True)
class PeopleShown:
    people: tuple[PersonShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class GrantShown:
    id: str
    person_id: str
    role: str
    class_id: str | None
    until: int | None
    given_at: int


@dataclass(frozen=True, slots=True)
class GrantsShown:
    grants: tuple[GrantShown, ...]
    next: str | None
