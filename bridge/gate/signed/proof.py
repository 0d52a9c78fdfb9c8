"""Shows an answer to be ours: a MAC that only the bridge of that session can make (docs/protocol.md, 4)."""

from binascii import b2a_base64
from time import time_ns
from typing import Final

from backend.web.reply import Reply
from core_rs import MacKey, sha256

_NANOSECONDS: Final = 1_000_000
_SIGNATURE: Final = "tbx=:"


class Proof:
    """For one answer over plain http; the request that it answers is named by its signature, as that was sent."""

    __slots__ = ("_key", "_signature")

    def __init__(self, key: MacKey, signature: str) -> None:
        self._key = key
        self._signature = signature.removeprefix(_SIGNATURE).removesuffix(":").encode("ascii")

    def __call__(self, reply: Reply, *, to_head: bool) -> bytes:
        """Return the lines for an answer as it will be sent; that to a HEAD has no body."""
        body = b"" if to_head else reply.body
        digest = b2a_base64(sha256(body), newline=False)
        now = time_ns() // _NANOSECONDS
        replayed = retry_after = etag = b""
        for name, value in reply.headers:
            if name == "Idempotency-Replayed":
                replayed = value.encode("ascii")
            elif name == "Retry-After":
                retry_after = value.encode("ascii")
            elif name == "ETag":
                etag = value.encode("ascii")
        message = b"toolboxai-answer-1\n%d\n%b\nsha-256=:%b:\n%b\n%b\n%b\n%d\n%b" % (
            reply.status,
            reply.content_type.encode("ascii"),
            digest,
            replayed,
            retry_after,
            etag,
            now,
            self._signature,
        )
        return b"Content-Digest: sha-256=:%b:\r\nAnswer-Proof: :%b:\r\nTbx-Time-Milliseconds: %d\r\n" % (
            digest,
            b2a_base64(self._key.mac(message), newline=False),
            now,
        )


def only_the_time(reply: Reply, *, to_head: bool) -> bytes:  # noqa: ARG001 - as a Proof is called
    """Return the lines for an answer over https, where TLS shows whose it is."""
    return b"Tbx-Time-Milliseconds: %d\r\n" % (time_ns() // _NANOSECONDS)
