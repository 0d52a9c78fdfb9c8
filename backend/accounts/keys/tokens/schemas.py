"""What crosses the wire of token families."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import Field

LONGEST_TOKEN: Final = 256


@dataclass(frozen=True, slots=True)
class RefreshToken:
    refresh_token: Annotated[str, Field(min_length=1, max_length=LONGEST_TOKEN)] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokensShown:
    """A pair, whose texts are shown this once."""

    family_id: str
    access_token: str = field(repr=False)
    access_ends_at: int
    refresh_token: str = field(repr=False)
    refresh_ends_at: int
    family_ends_at: int
