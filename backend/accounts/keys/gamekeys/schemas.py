"""What crosses the wire of game keys."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator, Field

from backend.accounts.keys.schemas import Days, Name

# Ids of Roblox are whole numbers; those beyond 2^53 would not survive a JavaScript program on their way.
RobloxId = Annotated[int, Field(ge=1, le=2**53 - 1)]


def _network(text: str) -> str:
    try:
        found = ip_network(text)
    except ValueError:
        raise ValueError("is no network, such as 128.116.0.0/17 or 2620:2b:e000::/48, without host bits") from None
    if found.prefixlen == 0:
        raise ValueError("is every address there is; leave it out instead")
    return str(found)


Network = Annotated[str, Field(min_length=2, max_length=49), AfterValidator(_network)]


@dataclass(frozen=True, slots=True)
class NewGameKey:
    name: Name
    universes: Annotated[
        tuple[RobloxId, ...], Field(min_length=1, max_length=50, description="The experiences that may use it")
    ]
    places: Annotated[
        tuple[RobloxId, ...], Field(max_length=200, description="Their places that may; none named are all of them")
    ] = ()
    networks: Annotated[
        tuple[Network, ...], Field(max_length=50, description="Where from; none named is everywhere")
    ] = ()
    days: Days = 365


@dataclass(frozen=True, slots=True)
class GameKeyShown:
    id: str
    name: str
    universes: tuple[int, ...]
    places: tuple[int, ...]
    networks: tuple[str, ...]
    created_at: int
    ends_at: int
    used_at: int | None
    rotated_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class GameKeysShown:
    game_keys: tuple[GameKeyShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class GameKeySecretShown:
    """A key with its text, or without on a repeat."""

    game_key: GameKeyShown
    text: str | None
    secret_shown: bool
