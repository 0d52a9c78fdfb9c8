"""How a seal names an item."""

import hashlib
from base64 import b64encode


def digest(item: bytes) -> bytes:
    return b64encode(hashlib.sha256(item).digest())
