"""Seals of a stream: nothing of it is believed before the seal that covers it has come. Pure."""

from dataclasses import dataclass, field
from typing import Final

import orjson

from bridge.client.encoding import base64_bytes, base64_text
from bridge.client.fields import Fields, FieldWrong
from core_rs import MacKey, sha256

MOST_UNSEALED_ITEMS: Final = 256
MOST_UNSEALED_BYTES: Final = 1_048_576
_FIRST_LINE: Final = "toolboxai-stream-1"
_PROOF_BYTES: Final = 32


class SealBroken(Exception):
    """What came is not what the bridge sent on this stream."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One item as it came, taken apart and not yet read."""

    told: Fields = field(repr=False)
    size: int


def parse_frame(data: bytes) -> Frame:
    """Take JSON apart; FieldWrong where it is no object."""
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise FieldWrong("it is no JSON") from None
    if not isinstance(told, dict):
        raise FieldWrong("it is no JSON object")
    return Frame(Fields(told), len(data))


class Seals:
    """One stream's: its counter begins at 1 and goes on when another session takes it over.

    `opened_by` is the signature that opened it: what was said on another stream, of the same session too, is sealed
    with another.
    """

    def __init__(self, stream: str, opened_by: str, key: MacKey) -> None:
        self._stream = stream
        self._opened_by = opened_by
        self._key = key
        # That of the session that is to take the stream over.
        self._next_key: MacKey | None = None
        self._counter = 0
        self._waiting: list[Frame] = []
        self._digests: list[str] = []
        self._bytes = 0

    def expect(self, key: MacKey) -> None:
        """Let another session's key take over, from the first seal on that is made with it."""
        self._next_key = key

    def take(self, data: bytes) -> list[Frame]:
        """Return what may be believed now: with a seal all that it covers, else nothing. SealBroken ends the stream."""
        try:
            frame = parse_frame(data)
            if frame.told.text("type") == "seal":
                return self._sealed(frame.told)
        except FieldWrong as error:
            raise SealBroken(str(error)) from None
        self._waiting.append(frame)
        self._digests.append(base64_text(sha256(data)))
        self._bytes += len(data)
        if len(self._waiting) > MOST_UNSEALED_ITEMS or self._bytes > MOST_UNSEALED_BYTES:
            raise SealBroken("too much came without a seal")
        return []

    def _sealed(self, seal: Fields) -> list[Frame]:
        counter = self._counter + 1
        if seal.number("counter") != counter:
            raise SealBroken("a seal has another counter")
        if not self._waiting or seal.number("items") != len(self._waiting):
            raise SealBroken("a seal is for another number of items")
        proof = base64_bytes(seal.text("proof"))
        if proof is None or len(proof) != _PROOF_BYTES:
            raise SealBroken("a seal has a proof of another form")
        lines = "\n".join((_FIRST_LINE, self._stream, self._opened_by, str(counter), *self._digests)).encode()
        if not self._key.verify(lines, proof):
            if self._next_key is None or not self._next_key.verify(lines, proof):
                raise SealBroken("a seal is not the bridge's")
            self._key, self._next_key = self._next_key, None
        believed = self._waiting
        self._counter, self._waiting, self._digests, self._bytes = counter, [], [], 0
        return believed
