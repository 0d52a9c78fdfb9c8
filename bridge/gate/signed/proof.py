"""Shows an answer to be ours: a MAC that only the bridge of that session can make (docs/protocol.md, 4)."""

from backend.web.reply import Reply
from bridge.wall_clock import now_milliseconds
from core_rs import MacKey


class Proof:
    """For one answer over plain http; the request that it answers is named by its signature, as that was sent."""

    __slots__ = ("_key", "_signature")

    def __init__(self, key: MacKey, signature: str) -> None:
        self._key = key
        self._signature = signature

    def __call__(self, reply: Reply, *, to_head: bool) -> bytes:
        """Return the lines for an answer as it will be sent; that to a HEAD has no body."""
        body = b"" if to_head else reply.body
        now = now_milliseconds()
        return self._key.prove(self._signature, reply.status, reply.content_type, reply.headers, body, now)


def only_the_time(reply: Reply, *, to_head: bool) -> bytes:  # noqa: ARG001 - as a Proof is called
    """Return the lines for an answer over https, where TLS shows whose it is."""
    return b"Tbx-Time-Milliseconds: %d\r\n" % now_milliseconds()
