"""Frames of a WebSocket as a server sends them (RFC 6455, 5.2): unmasked, so the same bytes for everybody."""

from typing import Final

_FIN_TEXT: Final = 0x81
_FIN_CLOSE: Final = 0x88
_FIN_PING: Final = 0x89
_FIN_PONG: Final = 0x8A
_SHORT_MOST: Final = 125
_MEDIUM_MOST: Final = 0xFFFF
_MEDIUM: Final = 126
_LONG: Final = 127

PING: Final = bytes([_FIN_PING, 0])


def text_frame(text: bytes) -> bytes:
    return _head(_FIN_TEXT, len(text)) + text


def pong_frame(data: bytes) -> bytes:
    return _head(_FIN_PONG, len(data)) + data


def close_frame(code: int, reason: str) -> bytes:
    """Return a frame that ends the connection; a reason has at most 123 bytes."""
    body = code.to_bytes(2) + reason.encode()
    return _head(_FIN_CLOSE, len(body)) + body


def _head(kind: int, length: int) -> bytes:
    if length <= _SHORT_MOST:
        return bytes([kind, length])
    if length <= _MEDIUM_MOST:
        return bytes([kind, _MEDIUM]) + length.to_bytes(2)
    return bytes([kind, _LONG]) + length.to_bytes(8)
