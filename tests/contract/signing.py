"""The protocol's keys and signatures in plain Python: hashlib and hmac, nothing of ours.

Written from the protocol's text, so that the vectors beside this file come from somewhere else than the code that
is checked with them.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal

READ_LIST = '("@method" "@authority" "@path" "@query" "content-digest")'
WRITE_LIST = '("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key")'
DEVICE_USES: tuple[Literal["open", "wrap", "grant", "check"], ...] = ("open", "wrap", "grant", "check")
SESSION_USES: tuple[Literal["request", "answer", "stream"], ...] = ("request", "answer", "stream")


def mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def expand(key: bytes, info: bytes) -> bytes:
    """HKDF-Expand of RFC 5869 to one block, which is all that 32 bytes need."""
    return mac(key, info, b"\x01")


def derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return expand(mac(salt, secret), info)


def device_key(master: bytes, bridge_id: bytes, device_id: bytes, generation: int) -> bytes:
    return derive(master, bridge_id, b"tbx1 device" + device_id + generation.to_bytes(4, "big"))


def device_use(device: bytes, used_for: str) -> bytes:
    return expand(device, f"tbx1 {used_for}".encode())


def wrapped(pad_key: bytes, context: bytes, key: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mac(pad_key, context), key, strict=True))


@dataclass(frozen=True, slots=True)
class Session:
    """A session as both ends know it."""

    master: bytes
    bridge_id: bytes
    master_version: int
    shard: int
    random: bytes
    epoch: str

    @property
    def raw_sid(self) -> bytes:
        return bytes([self.master_version]) + self.shard.to_bytes(2, "big") + self.random

    @property
    def sid(self) -> str:
        return base64.urlsafe_b64encode(self.raw_sid).decode().rstrip("=")

    @property
    def key_id(self) -> str:
        return f"{self.sid}.{self.epoch}"

    @property
    def key(self) -> bytes:
        return derive(self.master, self.bridge_id, b"tbx1 session" + self.raw_sid + bytes.fromhex(self.epoch))

    def use(self, used_for: str) -> bytes:
        return expand(self.key, f"tbx1 {used_for}".encode())


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed request."""

    method: str
    target: str
    host: str
    body: bytes
    content_digest: str
    idempotency_key: str | None
    signature_base: str
    signature_input: str
    signature: str

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """As aiohttp hands them over, between those that such a request has beside them."""
        named = {
            "Host": self.host,
            "User-Agent": "Roblox/WinInet",
            "Accept": "*/*",
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
            "Content-Digest": self.content_digest,
            "Idempotency-Key": self.idempotency_key,
            "Signature-Input": self.signature_input,
            "Signature": self.signature,
        }
        return tuple((name.encode(), value.encode()) for name, value in named.items() if value is not None)


def sign(
    request_key: bytes,
    key_id: str,
    *,
    number: int,
    created: int,
    method: str = "POST",
    target: str = "/v1/edits?project=3",
    host: str = "127.0.0.1:8460",
    body: bytes = b"{}",
    idempotency_key: str | None = "0123456789abcdef",
) -> Signed:
    """Sign what stands on the wire: the query as it is there, the host in lower case, an empty body as well."""
    reads = method in {"GET", "HEAD"}
    content_digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    params = (
        f"{READ_LIST if reads else WRITE_LIST};created={created};"
        f'keyid="{key_id}";nonce="{number}";tag="toolboxai-bridge-1"'
    )
    path, _, query = target.partition("?")
    lines = [
        f'"@method": {method}',
        f'"@authority": {host.lower()}',
        f'"@path": {path}',
        f'"@query": ?{query}',
        f'"content-digest": {content_digest}',
        *([] if reads else [f'"idempotency-key": {idempotency_key}']),
        f'"@signature-params": {params}',
    ]
    base = "\n".join(lines)
    return Signed(
        method=method,
        target=target,
        host=host,
        body=body,
        content_digest=content_digest,
        idempotency_key=idempotency_key,
        signature_base=base,
        signature_input=f"tbx={params}",
        signature=f"tbx=:{base64.b64encode(mac(request_key, base.encode())).decode()}:",
    )
