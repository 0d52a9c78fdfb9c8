"""What crosses the wire of breaking the glass."""

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from backend.accounts.audit.words import BreakGlassReason
from backend.accounts.people.grants.schemas import RoleName

LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 240


@dataclass(frozen=True, slots=True)
class GlassBroken:
    reason: BreakGlassReason
    role: RoleName
    minutes: Annotated[int, Field(ge=LEAST_MINUTES, le=MOST_MINUTES, description="How long the role holds")]


@dataclass(frozen=True, slots=True)
class GlassShown:
    grant_id: str
    role: str
    until: int
