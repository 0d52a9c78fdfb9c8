"""What the bridge says of itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Protocol:
    """The versions of the bridge protocol that are spoken here, the first and the last."""

    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class LimitsShown:
    """What a client has to keep to so that it is not refused."""

    body_bytes: int
    address_bytes: int
    headers: int
    header_bytes: int
    body_seconds: float
    request_seconds: float
    idempotency_key_characters: int
    idempotency_hours: int


@dataclass(frozen=True, slots=True)
class About:
    name: str
    version: str
    protocol: Protocol
    limits: LimitsShown
