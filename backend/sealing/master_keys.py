"""The keys from which all others are made, in their versions, and what is made from one."""

import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from core_rs import hkdf_sha256

KEY_BYTES: Final = 32
_SALT: Final = b"toolboxai master key 1"


class Purpose(StrEnum):
    """What a key is made for: one for each use, so that what one tells is worth nothing for another."""

    WRAP = "wrap"
    LOOK_UP = "look up"
    AUDIT = "audit"
    SIGN = "sign"
    ERASURES = "erasures"
    BRIDGE = "bridge"
    GRANTS = "grants"


class KeysRefused(ValueError):
    """The keys contradict each other, in a sentence that does not repeat them."""


class UnknownVersion(LookupError):
    """There is no master key of this version here."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version} of the master key is not in the key file")
        self.version = version


@dataclass(frozen=True, slots=True)
class MasterKey:
    version: int
    # When it was made, in seconds since 1970.
    made_at: int
    # One that is not in use yet only reads: every host has to know it before the first of them writes with it.
    in_use: bool
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise KeysRefused(f"a master key has {KEY_BYTES} bytes")

    def made_for(self, purpose: Purpose) -> bytes:
        return hkdf_sha256(self.secret, _SALT, purpose.value.encode())


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """All versions, in their order."""

    keys: tuple[MasterKey, ...]

    def __post_init__(self) -> None:
        versions = [key.version for key in self.keys]
        if versions != sorted(set(versions)) or (versions and versions[0] < 1):
            raise KeysRefused("the versions of the master keys do not rise")
        if not any(key.in_use for key in self.keys):
            raise KeysRefused("none of the master keys is in use")

    @property
    def newest(self) -> MasterKey:
        """The one that new things are made with."""
        return next(key for key in reversed(self.keys) if key.in_use)

    def of(self, version: int) -> MasterKey:
        for key in self.keys:
            if key.version == version:
                return key
        raise UnknownVersion(version)

    def with_another(self, *, made_at: int, in_use: bool) -> "MasterKeys":
        """Add a version, in use at once or only once every host knows it."""
        if not self.keys[-1].in_use:
            raise KeysRefused(f"version {self.keys[-1].version} is waiting to be used; take that one into use")
        return MasterKeys((*self.keys, made(self.keys[-1].version + 1, made_at, in_use=in_use)))

    def with_last_in_use(self) -> "MasterKeys":
        return MasterKeys((*self.keys[:-1], replace(self.keys[-1], in_use=True)))

    def without(self, version: int) -> "MasterKeys":
        gone = self.of(version)
        if gone == self.newest:
            raise KeysRefused(f"version {version} is the one in use")
        return MasterKeys(tuple(key for key in self.keys if key is not gone))


def first(made_at: int) -> MasterKeys:
    return MasterKeys((made(1, made_at, in_use=True),))


def made(version: int, made_at: int, *, in_use: bool) -> MasterKey:
    return MasterKey(version, made_at, in_use, secrets.token_bytes(KEY_BYTES))
