"""Bytes as they are written on the wire: base64 in one spelling, and between colons in a header."""

import base64
import binascii

from core_rs import sha256


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def base64_bytes(text: str) -> bytes | None:
    """Read base64 with padding; None for any other spelling of the same bytes too."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64_text(data) == text else None


def between_colons(data: bytes) -> str:
    return f":{base64_text(data)}:"


def from_between_colons(text: str | None) -> bytes | None:
    if text is None or len(text) < len("::") or text[0] != ":" or text[-1] != ":":
        return None
    return base64_bytes(text[1:-1])


def content_digest(body: bytes) -> str:
    return f"sha-256={between_colons(sha256(body))}"
