"""What shows the items of a stream over plain http to be the bridge's (docs/protocol.md, 9)."""

from base64 import b64encode

from core_rs import MacKey


class Sealer:
    """Counts the seals of one stream; after an extension it goes on with the key of the new session."""

    __slots__ = ("_counter", "_key", "_stream_id")

    def __init__(self, key: MacKey, stream_id: str) -> None:
        self._key = key
        self._stream_id = stream_id.encode()
        self._counter = 0

    def go_on_with(self, key: MacKey) -> None:
        self._key = key

    def seal(self, digests: bytes, items: int) -> bytes:
        """Return the seal over items, by their digests joined by newlines."""
        self._counter += 1
        lines = b"toolboxai-stream-1\n%b\n%d\n%b" % (self._stream_id, self._counter, digests)
        proof = b64encode(self._key.mac(lines))
        return b'{"type":"seal","counter":%d,"items":%d,"proof":"%b"}' % (self._counter, items, proof)
