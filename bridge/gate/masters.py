"""The master keys as the gate uses them: what the keys of devices and sessions are derived from, by version."""

from typing import Final

from backend import crockford
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import Purpose
from core_rs import device_key, ed25519_public_key

_ID_BITS: Final = 128
# The version is one byte of a session's id.
MOST_VERSIONS: Final = 255


def raw_id(device_id: str) -> bytes:
    """Return the 16 bytes of an id, as they go into the derivation of a key."""
    number = crockford.decode(device_id, _ID_BITS)
    if number is None:
        raise ValueError("this is no id")
    return number.to_bytes(_ID_BITS // 8)


class Masters:
    def __init__(self, ring: KeyRing, bridge_id: bytes) -> None:
        self._ring = ring
        self.bridge_id = bridge_id

    def newest(self) -> int:
        """The version that new sessions and devices are made with."""
        return self._ring.newest_version()

    def key(self, version: int) -> bytes:
        """Return what the keys of sessions are derived from; UnknownVersion where the key file does not have it."""
        return self._ring.key(version, Purpose.BRIDGE)

    def all(self) -> dict[int, bytes]:
        """Every version in use, for the core's gate."""
        return {
            key.version: self._ring.key(key.version, Purpose.BRIDGE)
            for key in self._ring.keys.keys
            if key.version <= MOST_VERSIONS
        }

    def device_key(self, version: int, device_id: str, generation: int) -> bytes:
        """Return D; UnknownVersion where the key file does not have the version any more."""
        return device_key(self._ring.key(version, Purpose.BRIDGE), self.bridge_id, raw_id(device_id), generation)

    def grant_seed(self, version: int) -> bytes:
        """Return what grants are signed with."""
        return self._ring.key(version, Purpose.GRANTS)

    def public_key(self, version: int) -> bytes:
        return ed25519_public_key(self.grant_seed(version))
