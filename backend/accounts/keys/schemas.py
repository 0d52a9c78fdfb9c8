"""What crosses the wire of every kind of key."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.ids import Id
from backend.web.words import Line

_LONGEST_DAYS = 730
_LONGEST_OVERLAP_HOURS = 168

Name = Annotated[Line, Field(min_length=1, max_length=80)]
Days = Annotated[int, Field(ge=1, le=_LONGEST_DAYS, description="How long it holds")]


@dataclass(frozen=True, slots=True)
class KeysPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class KeyPath:
    tenant_id: Id
    key_id: Id


@dataclass(frozen=True, slots=True)
class Rotation:
    overlap_hours: Annotated[
        int, Field(ge=0, le=_LONGEST_OVERLAP_HOURS, description="How long the text before it still holds")
    ] = 24
