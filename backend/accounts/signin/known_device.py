"""What a sign-in leaves on a device, so that the next one there is not slowed down by who guesses elsewhere.

It proves that somebody signed in to this very account here before, and opens nothing: chance, and a tag of ours over it
and the account. Nothing is stored for it.
"""

import hmac
import re
import secrets
from typing import Final

from backend.sealing.key_ring import KeyRing

DEVICE_COOKIE: Final = "__Host-toolboxai-device"
_FORM: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")


def new_device(ring: KeyRing, person_id: str) -> str:
    chance = secrets.token_hex(16)
    return f"{chance}.{ring.digest(_tagged(person_id, chance)).hex()}"


def read_device(ring: KeyRing, person_id: str, told: str | None) -> str | None:
    """Return what names the device if it is one of this account; anything else is no device."""
    found = None if told is None else _FORM.fullmatch(told)
    if found is None:
        return None
    tag = bytes.fromhex(found[2])
    is_ours = [hmac.compare_digest(tag, each) for each in ring.digests(_tagged(person_id, found[1]))]
    return found[1] if any(is_ours) else None


def _tagged(person_id: str, chance: str) -> str:
    return f"device {person_id} {chance}"
