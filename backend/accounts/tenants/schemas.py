"""What crosses the wire of tenants."""

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from backend.accounts.tenants.limits import Limits
from backend.accounts.tenants.store import Kind, State
from backend.ids import Id
from backend.web.words import Line


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no time zone that this bridge knows, such as Europe/Berlin") from None
    return name


Name = Annotated[Line, Field(min_length=1, max_length=120)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", max_length=6, description="Such as de or en-GB")]
TimeZone = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_time_zone)]


@dataclass(frozen=True, slots=True)
class TenantPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class NewTenant:
    kind: Kind
    name: Name
    parent_id: Id | None = None
    locale: Locale = "en"
    time_zone: TimeZone = "UTC"


@dataclass(frozen=True, slots=True)
class TenantChange:
    """Only what is named is changed."""

    name: Name | None = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None


@dataclass(frozen=True, slots=True)
class TenantShown:
    id: str
    kind: Kind
    parent_id: str | None
    name: str
    state: State
    locale: str
    time_zone: str
    created_at: int


@dataclass(frozen=True, slots=True)
class TenantsShown:
    tenants: tuple[TenantShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class UseShown:
    """How much there is of each thing, and how much there may be."""

    used: Limits
    limits: Limits
