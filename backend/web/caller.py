"""Who asks, and what they may do where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

NOWHERE: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})


class CallerKind(StrEnum):
    ANYONE = "anyone"
    PERSON = "person"
    API_KEY = "api_key"
    PROGRAM = "program"
    DEVICE = "device"
    GAME_KEY = "game_key"


@dataclass(frozen=True, slots=True)
class Reach:
    """Permissions, and whether they hold in a whole tenant or in single classes of it."""

    everywhere: frozenset[str] = frozenset()
    in_classes: Mapping[str, frozenset[str]] = field(default_factory=lambda: NOWHERE)


NOTHING: Final = Reach()


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do in one tenant; what is guarded, only after a second factor."""

    plain: Reach = NOTHING
    guarded: Reach = NOTHING


NO_RIGHTS: Final = Rights()
NO_TENANT: Final[Mapping[str, Rights]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Caller:
    """The person, key or program that permissions and idempotency keys belong to."""

    kind: CallerKind
    id: str
    # The tenant they belong to; what they may do in it, and in others, stands in `rights` alone.
    tenant_id: str | None = None
    # By the id of the tenant. Who has none in a tenant is not told that there is such a tenant.
    rights: Mapping[str, Rights] = field(default_factory=lambda: NO_TENANT)
    # What holds without a tenant, and in each of them.
    platform: Rights = NO_RIGHTS
    has_second_factor: bool = False
    # When they last proved anew who they are: milliseconds since 1970 by the database's clock.
    stepped_up_at: int | None = None
    signin_id: str | None = None
    # The family of the access token by which a key asks.
    family_id: str | None = None
    # They have a second factor and have not shown it yet: until then they may do that and nothing else.
    is_half: bool = False
    # What their requests are counted under; made once, as a caller is remembered from one request to the next.
    account: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "account", account_name(self.kind, self.id))

    def classes_with(self, permission: str, tenant_id: str) -> frozenset[str] | None:
        """Return the classes to which a list of a tenant is narrowed for them, None if it is not narrowed."""
        rights = self.rights.get(tenant_id, NO_RIGHTS)
        reaches = [rights.plain, self.platform.plain]
        if self.has_second_factor:
            reaches += [rights.guarded, self.platform.guarded]
        if any(permission in reach.everywhere for reach in reaches):
            return None
        single = (item for reach in reaches for item in reach.in_classes.items())
        return frozenset(name for name, held in single if permission in held)


def account_name(kind: str, holder_id: str) -> bytes:
    """Return what an account is counted under, whether its requests are signed or not."""
    return f"{kind} {holder_id}".encode()


ANYONE: Final = Caller(kind=CallerKind.ANYONE, id="")
