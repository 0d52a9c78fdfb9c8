"""What shows the items of a stream over plain http to be the bridge's (docs/protocol.md, 9)."""

from base64 import b64encode

from core_rs import MacKey


class Sealer:
    """Counts the seals of one stream; after an extension it goes on with the key of the new session.

    `opened_by` is the name of the signature, or the ticket, that opened it: whoever opened another stream of the same
    session takes none of its seals.
    """

    __slots__ = ("_counter", "_key", "_opened")

    def __init__(self, key: MacKey, stream_id: str, opened_by: str) -> None:
        self._key = key
        self._opened = f"{stream_id}\n{opened_by}".encode()
        self._counter = 0

    def go_on_with(self, key: MacKey) -> None:
        self._key = key

    def seal(self, digests: bytes, items: int) -> bytes:
        """Return the seal over items, by their digests joined by newlines."""
        self._counter += 1
        lines = b"toolboxai-stream-1\n%b\n%d\n%b" % (self._opened, self._counter, digests)
        proof = b64encode(self._key.mac(lines))
        return b'{"type":"seal","counter":%d,"items":%d,"proof":"%b"}' % (self._counter, items, proof)
