"""The keys of the trail, as whoever keeps them hands them over."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from core_rs import MacKey, ed25519_public_key, ed25519_sign

KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class AuditKey:
    """What records are tagged with. The version stands in the record, so that old ones are checked with their own."""

    version: int
    secret: bytes = field(repr=False)
    mac: MacKey = field(init=False, repr=False, compare=False)
    """The same key, its work done once for all records."""

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"an audit key has {KEY_BYTES} bytes")
        object.__setattr__(self, "mac", MacKey(self.secret))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What checkpoints are signed with. Its public half is given to whoever keeps them."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise ValueError(f"a signing key has {KEY_BYTES} bytes")

    @property
    def public(self) -> bytes:
        return ed25519_public_key(self.seed)

    def sign(self, message: bytes) -> bytes:
        return ed25519_sign(self.seed, message)


class NoSuchKey(LookupError):
    """There is no audit key of this version."""


class AuditKeys(Protocol):
    """Asked inside a unit of work, so it answers from memory."""

    def current(self) -> AuditKey: ...

    def of(self, version: int) -> AuditKey:
        """Return the key of a version; NoSuchKey if there is none."""
        ...

    def signing(self) -> SigningKey: ...
