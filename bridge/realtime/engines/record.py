"""A message as a Redis server keeps and tells it: offset (8), milliseconds (8), length of the key (2), key, data."""

import struct
from typing import Final

from bridge.realtime.cursor import EPOCH_BYTES, Cursor
from bridge.realtime.message import Message

_HEAD: Final = struct.Struct(">QQH")
_KEY_LENGTH_BYTES: Final = 2
_EPOCH_DIGITS: Final = 2 * EPOCH_BYTES


def end_of_record(key: bytes | None, data: bytes) -> bytes:
    """Return a record without offset and milliseconds, which the server gives it. No key is 0, an empty one 1."""
    length = 0 if key is None else len(key) + 1
    return b"%b%b%b" % (length.to_bytes(_KEY_LENGTH_BYTES), key or b"", data)


def read_record(channel: str, epoch: str, record: bytes) -> Message:
    offset, at, length = _HEAD.unpack_from(record)
    if length == 0:
        return Message(channel, Cursor(epoch, offset), at, None, record[_HEAD.size :])
    data_at = _HEAD.size + length - 1
    return Message(channel, Cursor(epoch, offset), at, record[_HEAD.size : data_at].decode(), record[data_at:])


def read_told(channel: str, told: bytes) -> Message:
    """Read what followers are told: the epoch, then the record."""
    return read_record(channel, told[:_EPOCH_DIGITS].decode("ascii"), told[_EPOCH_DIGITS:])
