"""What crosses the wire of sessions."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.accounts.keys.gamekeys.schemas import RobloxId
from backend.ids import Id

N = Annotated[
    str,
    Field(pattern=r"^[ -~]{8,64}$", min_length=8, max_length=64, description="A text that was never sent before"),
]
# Of exactly 40 bytes, in its one spelling.
Challenge = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{53}[AQgw]==$", min_length=56, max_length=56)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]{1,32}$", min_length=1, max_length=32)]
Job = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,64}$", max_length=64)]


@dataclass(frozen=True, slots=True)
class NewChallenge:
    device_id: Id
    n: N


@dataclass(frozen=True, slots=True)
class ChallengeShown:
    challenge: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class NewSession:
    device_id: Id
    n: N
    challenge: Challenge
    version: Version
    place_id: RobloxId | None = None
    universe_id: RobloxId | None = None
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class NewGameSession:
    n: N
    universe_id: RobloxId
    place_id: RobloxId
    version: Version
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class LimitsShown:
    requests_a_minute: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class ProtocolShown:
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class EndorsementShown:
    """The key that grants were signed with before, and its signature over the one of now."""

    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class BridgeShown:
    id: str
    public_key: str
    endorsement: EndorsementShown | None


@dataclass(frozen=True, slots=True)
class BridgeNamed:
    id: str
    public_key: str


@dataclass(frozen=True, slots=True)
class NewDeviceKeyShown:
    wrapped: str


@dataclass(frozen=True, slots=True)
class GrantShown:
    """A session for a device, which alone can take its key out."""

    key_id: str
    wrapped_key: str
    time_milliseconds: int
    expires_in_seconds: int
    overlap_seconds: int
    requests: int
    window: int
    limits: LimitsShown
    protocol: ProtocolShown
    tenant_id: str
    project_id: str | None
    scopes: tuple[str, ...]
    bridge: BridgeShown
    new_device_key: NewDeviceKeyShown | None


@dataclass(frozen=True, slots=True)
class GameGrantShown:
    """A session for a game server; TLS hides its key."""

    key_id: str
    key: str
    time_milliseconds: int
    expires_in_seconds: int
    overlap_seconds: int
    requests: int
    window: int
    limits: LimitsShown
    protocol: ProtocolShown
    tenant_id: str
    project_id: str | None
    scopes: tuple[str, ...]
    bridge: BridgeNamed
