"""The master keys as the gate uses them: what the keys of devices and sessions are derived from, by version."""

import time
from collections.abc import Callable
from typing import Final

from backend import crockford
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import Purpose
from core_rs import MacKey, device_key, ed25519_public_key, hkdf_sha256, session_key

_ID_BITS: Final = 128
# The version is one byte of a session's id.
MOST_VERSIONS: Final = 255
# A version is used only when each process of this host has read it: within a second of its look at the file, which it
# takes twice a second; the date of a key has whole seconds.
SETTLED_SECONDS: Final = 4.0
_CHALLENGE: Final = b"tbx1 challenge"


def raw_id(device_id: str) -> bytes:
    """Return the 16 bytes of an id, as they go into the derivation of a key."""
    number = crockford.decode(device_id, _ID_BITS)
    if number is None:
        raise ValueError("this is no id")
    return number.to_bytes(_ID_BITS // 8)


class Masters:
    def __init__(self, ring: KeyRing, bridge_id: bytes, clock: Callable[[], float] = time.time) -> None:
        self._ring = ring
        self._clock = clock
        self._challenges: dict[int, MacKey] = {}
        self.bridge_id = bridge_id

    def newest(self) -> int:
        """The version that new sessions and devices are made with: the newest that every process knows by now."""
        in_use = [key for key in self._ring.keys.keys if key.in_use and key.version <= MOST_VERSIONS]
        settled = [key for key in in_use if self._clock() - key.made_at >= SETTLED_SECONDS]
        return settled[-1].version if settled else in_use[0].version

    def before(self, version: int) -> int | None:
        """The version before one, as far as it is still there."""
        older = [key.version for key in self._ring.keys.keys if key.version < version]
        return older[-1] if older else None

    def key(self, version: int) -> bytes:
        """Return what the keys of sessions are derived from; UnknownVersion where the key file does not have it."""
        return self._key(version, Purpose.BRIDGE)

    def all(self) -> dict[int, bytes]:
        """Every version in use, for the core's gate."""
        return {
            key.version: self._ring.key(key.version, Purpose.BRIDGE)
            for key in self._ring.keys.keys
            if key.version <= MOST_VERSIONS
        }

    def device_key(self, version: int, device_id: str, generation: int) -> bytes:
        """Return D; UnknownVersion where the key file does not have the version any more."""
        return device_key(self.key(version), self.bridge_id, raw_id(device_id), generation)

    def session_key(self, version: int, key_id: str) -> bytes:
        """Return K."""
        return session_key(self.key(version), self.bridge_id, key_id)

    def challenges(self, version: int) -> MacKey:
        """Return what the bridge marks its challenges with."""
        # Also of one that is kept: a version that is gone marks nothing any more.
        key = self.key(version)
        found = self._challenges.get(version)
        if found is None:
            found = self._challenges[version] = MacKey(hkdf_sha256(key, self.bridge_id, _CHALLENGE))
        return found

    def grant_seed(self, version: int) -> bytes:
        """Return what grants are signed with."""
        return self._key(version, Purpose.GRANTS)

    def public_key(self, version: int) -> bytes:
        return ed25519_public_key(self.grant_seed(version))

    def _key(self, version: int, purpose: Purpose) -> bytes:
        # The ring goes on with what it has made of a version that was taken out of the file; here that is over.
        self._ring.keys.of(version)
        return self._ring.key(version, purpose)
