"""How much a tenant may have of what is counted."""

from dataclasses import asdict, dataclass, fields
from typing import Annotated

import orjson
from pydantic import Field

Number = Annotated[int, Field(ge=0, le=10_000_000)]


@dataclass(frozen=True, slots=True)
class Limits:
    people: Number = 500
    pupils: Number = 5_000
    classes: Number = 500
    api_keys: Number = 20
    game_keys: Number = 20


NAMES = tuple(field.name for field in fields(Limits))


def to_text(limits: Limits) -> str:
    """Keep what differs from the defaults, so that a later release can raise these."""
    usual = asdict(Limits())
    return orjson.dumps({name: value for name, value in asdict(limits).items() if value != usual[name]}).decode()


def from_text(text: str) -> Limits:
    """Read what was kept; a limit of another release is left aside."""
    return Limits(**{name: value for name, value in orjson.loads(text).items() if name in NAMES})
