"""How a request is signed: pure, so that what is not asyncio signs with the same lines."""

from dataclasses import dataclass
from typing import Final

from bridge.client.encoding import base64_text, content_digest
from core_rs import MacKey

TAG: Final = "toolboxai-bridge-1"
READING_METHODS: Final = frozenset({"GET", "HEAD"})
_READ_LIST: Final = '("@method" "@authority" "@path" "@query" "content-digest")'
_WRITE_LIST: Final = '("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key")'


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to do. Sent again it is the same; only its number and its time are new."""

    method: str
    # Path and query as they stand in the request line, percent signs and all.
    target: str
    body: bytes
    content_type: str | None
    # None for GET and HEAD alone.
    idempotency_key: str | None

    @property
    def headers(self) -> dict[str, str]:
        """What goes with every sending of it, signed or not."""
        return {} if self.content_type is None else {"Content-Type": self.content_type}


def reading(target: str) -> Request:
    """Return a GET."""
    return Request("GET", target, b"", None, None)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """What is sent with one sending of a request."""

    headers: dict[str, str]
    # The base64 of the signature: an answer proves that it belongs to it.
    signature: str


class Signer:
    """Signs as one session; its key is keyed once."""

    __slots__ = ("_authority", "_key", "_key_id")

    def __init__(self, key: MacKey, key_id: str, authority: str) -> None:
        self._key = key
        self._key_id = key_id
        self._authority = authority

    def sign(self, request: Request, *, number: int, created: int) -> SignedHead:
        digest = content_digest(request.body)
        path, _, query = request.target.partition("?")
        reads = request.method in READING_METHODS
        params = (
            f"{_READ_LIST if reads else _WRITE_LIST};created={created};"
            f'keyid="{self._key_id}";nonce="{number}";tag="{TAG}"'
        )
        key_line = "" if reads else f'"idempotency-key": {request.idempotency_key}\n'
        base = (
            f'"@method": {request.method}\n"@authority": {self._authority}\n"@path": {path}\n"@query": ?{query}\n'
            f'"content-digest": {digest}\n{key_line}"@signature-params": {params}'
        )
        signature = base64_text(self._key.mac(base.encode("ascii")))
        headers = {
            "Host": self._authority,
            "Content-Digest": digest,
            "Signature-Input": f"tbx={params}",
            "Signature": f"tbx=:{signature}:",
        }
        if request.idempotency_key is not None and not reads:
            headers["Idempotency-Key"] = request.idempotency_key
        return SignedHead(headers, signature)
