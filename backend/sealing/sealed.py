"""A value sealed for the one place where it stands: moved to another row, column or tenant it does not open.

XChaCha20-Poly1305: its nonce is long enough to be drawn by chance for every value there will ever be.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
)
from nacl.exceptions import CryptoError

NONCE_BYTES: Final = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_FORM: Final = b"\x01"
_VERSION_BYTES: Final = 4
_HEAD_BYTES: Final = len(_FORM) + _VERSION_BYTES
_DOMAIN: Final = b"toolboxai sealed 1"


class DoesNotOpen(ValueError):
    """A value was not sealed where it stands with this key: it was changed, moved, or belongs to another key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    table: str
    column: str
    row: str
    # The tenant, or PLATFORM.
    holder: str


def seal(key: bytes, version: int, place: Place, value: bytes) -> bytes:
    """Seal a value under a version of a key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed: bytes = crypto_aead_xchacha20poly1305_ietf_encrypt(value, _bound_to(place, version), nonce, key)
    return _FORM + version.to_bytes(_VERSION_BYTES) + nonce + sealed


def version_of(sealed: bytes) -> int:
    """Return the version of the key that a value was sealed under."""
    if len(sealed) < _HEAD_BYTES + NONCE_BYTES or not sealed.startswith(_FORM):
        raise DoesNotOpen("a sealed value has not the form of one")
    return int.from_bytes(sealed[len(_FORM) : _HEAD_BYTES])


def unseal(key: bytes, place: Place, sealed: bytes) -> bytes:
    """Return the value; DoesNotOpen unless it was sealed for this place with this key."""
    version = version_of(sealed)
    nonce, rest = sealed[_HEAD_BYTES : _HEAD_BYTES + NONCE_BYTES], sealed[_HEAD_BYTES + NONCE_BYTES :]
    try:
        value: bytes = crypto_aead_xchacha20poly1305_ietf_decrypt(rest, _bound_to(place, version), nonce, key)
    except CryptoError:
        raise DoesNotOpen(f"{place.column} of a row in {place.table} was not sealed there with this key") from None
    return value


def _bound_to(place: Place, version: int) -> bytes:
    parts = (place.table, place.column, place.row, place.holder, str(version))
    return _DOMAIN + b"".join(len(raw).to_bytes(4) + raw for raw in (part.encode("utf-8") for part in parts))
