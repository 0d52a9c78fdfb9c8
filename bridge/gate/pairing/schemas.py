"""What crosses the wire of pairings."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from backend.accounts.keys.gamekeys.schemas import RobloxId
from backend.ids import Id
from backend.web.words import Line
from bridge.gate.devices.schemas import DeviceShown, Name
from bridge.gate.pairing.store import Kind, State
from bridge.gate.principal import Scope

Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$", max_length=32)]


@dataclass(frozen=True, slots=True)
class NewPairing:
    """What asks, in its own words."""

    kind: Kind
    name: Name
    version: Version
    place_id: RobloxId | None = None
    universe_id: RobloxId | None = None


@dataclass(frozen=True, slots=True)
class PairingBegun:
    device_code: str
    user_code: str
    interval_seconds: int
    expires_in_seconds: int
    bridge_id: str


@dataclass(frozen=True, slots=True)
class Redemption:
    # Whatever is no code is answered as one that never was.
    device_code: Annotated[str, Field(max_length=128)]


@dataclass(frozen=True, slots=True)
class StillPending:
    state: Literal["pending"]
    interval_seconds: int


@dataclass(frozen=True, slots=True)
class NowPaired:
    state: Literal["paired"]
    device_id: str
    device_key: str
    tenant_id: str
    project_id: str | None
    scopes: tuple[Scope, ...]
    bridge_id: str
    bridge_public_key: str


@dataclass(frozen=True, slots=True)
class PairingsPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class PairingPath:
    tenant_id: Id
    pairing_id: Id


@dataclass(frozen=True, slots=True)
class TypedCode:
    code: Annotated[Line, Field(max_length=40, description="As the device shows it, such as BCDF-GHJK")]


@dataclass(frozen=True, slots=True)
class PairingShown:
    """What asks, in its own words but for the network and the times."""

    id: str
    state: State
    kind: Kind
    name: str
    version: str
    place_id: int | None
    universe_id: int | None
    network: str
    asked_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Approval:
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=8, description="What the device may do")]


@dataclass(frozen=True, slots=True)
class ApprovalShown:
    """The device, and the six digits that its person types into it."""

    device: DeviceShown
    digits: str
