"""A client of the signed protocol in plain Python: it signs what it sends and checks what it is answered."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.contract.signing import Session, Signed, mac, sign
from tests.integration.web.wire import Received, Wire

REPLAYED = "Idempotency-Replayed"


@dataclass(slots=True)
class Signer:
    """One session as its client keeps it: the key and the numbers."""

    session: Session
    port: int
    number: int = field(default=0)

    def sign(self, method: str, target: str, body: bytes = b"", **changed: Any) -> Signed:
        """Return a request with the next number and a key of its own, or with what is given in their place."""
        self.number = changed.pop("number", self.number + 1)
        values: dict[str, Any] = {"created": int(time.time()), "host": f"127.0.0.1:{self.port}"}
        if method not in {"GET", "HEAD"}:
            values["idempotency_key"] = str(uuid4())
        else:
            values["idempotency_key"] = None
        values |= changed
        return sign(
            self.session.use("request"),
            self.session.key_id,
            number=self.number,
            method=method,
            target=target,
            body=body,
            **values,
        )


def written(request: Signed, *, leave_out: tuple[str, ...] = (), add: tuple[str, ...] = ()) -> bytes:
    """Return the bytes of a request; `add` are whole lines."""
    left_out = {name.lower() for name in leave_out}
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    for name, value in request.headers:
        if name.decode().lower() in left_out or (not request.body and name == b"Content-Type"):
            continue
        lines.append(f"{name.decode()}: {value.decode()}")
    return "\r\n".join((*lines, *add, "", "")).encode() + request.body


async def send(wire: Wire, request: Signed, **changed: Any) -> Received:
    await wire.send(written(request, **changed))
    return await wire.receive(to_head=request.method == "HEAD")


def is_proven(session: Session, request: Signed, received: Received) -> bool:
    """Whether an answer is the bridge's own, worked out from the protocol's text."""
    proof = received.header("Answer-Proof")
    if proof is None:
        return False
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(received.body).digest()).decode()}:"
    assert digest == received.header("Content-Digest")
    names = ("Content-Type", "Content-Digest", REPLAYED, "Retry-After", "ETag", "Tbx-Time-Milliseconds")
    values = [received.header(name) or "" for name in names]
    signature = request.signature.removeprefix("tbx=:").removesuffix(":")
    lines = ("toolboxai-answer-1", str(received.status), *values, signature)
    expected = mac(session.use("answer"), "\n".join(lines).encode())
    assert hmac.compare_digest(f":{base64.b64encode(expected).decode()}:", proof)
    return True
