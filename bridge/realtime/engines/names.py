"""The keys of channels at a Redis server; several installations may share one."""

import hashlib
from typing import Final

_DIGEST_BYTES: Final = 16


class Names:
    def __init__(self, bridge_id: bytes) -> None:
        installation = b"tbx:" + bridge_id.hex().encode() + b":"
        # The gate's too: one server has one life.
        self.life = installation + b"life"
        self._prefix = installation + b"ch:"
        self._told = self._prefix + b"t:"
        # Where nobody publishes, and where nobody listens: what is tried out there disturbs nobody.
        self.nothing = self._prefix + b"nothing"
        self.nobody = self._prefix + b"nobody"

    def told(self, channel: str) -> bytes:
        """Return where followers are told of it."""
        return self._told + channel.encode()

    def channel(self, told: bytes) -> str:
        return told.removeprefix(self._told).decode()

    def kept(self, channel: str) -> tuple[bytes, bytes, bytes]:
        """Return its meta, its stream and its state."""
        prefix, name = self._prefix, channel.encode()
        return prefix + b"m:" + name, prefix + b"s:" + name, prefix + b"k:" + name

    def presence(self, channel: str) -> tuple[bytes, bytes]:
        """Return who is there, and until when."""
        prefix, name = self._prefix, channel.encode()
        return prefix + b"p:" + name, prefix + b"u:" + name

    def repeats(self, channel: str, idempotency_key: str) -> bytes:
        text = f"{len(channel)}:{channel}{idempotency_key}".encode()
        return self._prefix + b"i:" + hashlib.sha256(text).digest()[:_DIGEST_BYTES]
