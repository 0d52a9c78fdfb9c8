"""Who sent a signed request: a session, and what it may do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from backend.web.caller import Caller, CallerKind
from bridge.gate.places import NOWHERE, Places

DEVICE: Final = "device"
GAME_KEY: Final = "game_key"


class Scope(StrEnum):
    """What a session may be for; each is one bit in the core."""

    SYNC = "sync"
    GAME = "game"
    PUBLISH = "publish"
    READ = "read"


ALL_SCOPES: Final = tuple(Scope)
# Which of them a holder can have at all: a game server never gets what belongs to files or to the console.
OF_DEVICES: Final = frozenset({Scope.SYNC, Scope.PUBLISH, Scope.READ})
OF_GAME_KEYS: Final = frozenset({Scope.GAME, Scope.READ})


def bits(scopes: frozenset[Scope] | tuple[Scope, ...]) -> int:
    """Return the scopes as the core takes them."""
    return sum(1 << ALL_SCOPES.index(scope) for scope in frozenset(scopes))


@dataclass(frozen=True, slots=True)
class Principal:
    """What a worker remembers of a session; read from its record when the core asks for it."""

    sid: str
    key_id: str
    kind: str  # DEVICE or GAME_KEY
    holder_id: str
    tenant_id: str
    project_id: str | None
    scopes: frozenset[Scope]
    place_id: int | None
    universe_id: int | None
    # Milliseconds since 1970, by the database's clock.
    ends_at: int
    # Where a game key may be used; devices are not asked where they come from.
    places: Places = NOWHERE
    # The same as a handler knows every caller; made once, as each request of the session has it.
    caller: Caller = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        caller = Caller(kind=CallerKind(self.kind), id=self.holder_id, tenant_id=self.tenant_id)
        object.__setattr__(self, "caller", caller)
