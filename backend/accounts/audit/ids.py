"""What may name a person or a thing in the trail: chance in letters, never a name, an address or a text."""

import re
from typing import Final, NewType

from backend.crockford import DIGIT
from backend.ids import ID_LENGTH

Id = NewType("Id", str)
Digest = NewType("Digest", str)

# Ids and pseudonyms have 26 letters of Crockford's alphabet (no i, l, o, u). No name and no address looks like that,
# and no secret either: those of keys and sessions are longer.
_ID: Final = re.compile(rf"{DIGIT}{{{ID_LENGTH}}}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

PLATFORM: Final = "platform"
"""The trail of what belongs to no tenant."""


class NotAnId(ValueError):
    """What was given as an id may be something that has no place in the trail; so the message does not repeat it."""


def as_id(text: str) -> Id:
    if not is_id(text):
        raise NotAnId("an id in the audit trail is 26 lower-case letters and digits, without i, l, o and u")
    return Id(text)


def as_digest(raw: bytes) -> Digest:
    text = raw.hex()
    if not is_digest(text):
        raise NotAnId("a digest in the audit trail has 32 bytes")
    return Digest(text)


def is_id(text: object) -> bool:
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def is_digest(text: object) -> bool:
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def check_tenant(tenant_id: str) -> None:
    if tenant_id != PLATFORM and not is_id(tenant_id):
        raise NotAnId(f"a trail belongs to the id of a tenant, or to {PLATFORM!r}")
