"""How the stand-in bridge judges a signed request and proves its answers, from docs/protocol.md alone."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.contract.signing import expand, mac, sign

WINDOW = 960
FRESH_SECONDS = 60
_PARAMETERS = re.compile(r';created=([0-9]+);keyid="([^"]*)";nonce="([0-9]+)";tag="toolboxai-bridge-1"$')
_SIGNATURE = re.compile(r"^tbx=:([A-Za-z0-9+/=]+):$")


@dataclass(slots=True)
class Session:
    key_id: str
    key: bytes
    device_id: str
    revoked: bool = False
    used: set[int] = field(default_factory=set)
    # What a test counts: every number that was ever offered, right or not.
    offered: list[int] = field(default_factory=list)

    def accept(self, number: int) -> bool:
        fresh = number not in self.used and number > max(self.used, default=0) - WINDOW
        self.used.add(number)
        return fresh


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says about itself, before anything of it is believed."""

    method: str
    target: str
    host: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("Idempotency-Key")


@dataclass(frozen=True, slots=True)
class Claim:
    created: int
    key_id: str
    number: int
    signature: str


def claimed(asked: Asked) -> Claim | None:
    """Take the two headers of the signature apart; None where they have another form."""
    parameters = _PARAMETERS.search(asked.headers.get("Signature-Input", ""))
    signature = _SIGNATURE.match(asked.headers.get("Signature", ""))
    if parameters is None or signature is None:
        return None
    return Claim(int(parameters[1]), parameters[2], int(parameters[3]), signature[1])


def is_signed(asked: Asked, claim: Claim, session: Session) -> bool:
    """Rebuild the whole of it from the method and compare."""
    wanted = sign(
        expand(session.key, b"tbx1 request"),
        claim.key_id,
        number=claim.number,
        created=claim.created,
        method=asked.method,
        target=asked.target,
        host=asked.host,
        body=asked.body,
        idempotency_key=asked.idempotency_key,
    )
    same_input = hmac.compare_digest(wanted.signature_input, asked.headers["Signature-Input"])
    return same_input and hmac.compare_digest(wanted.signature, asked.headers["Signature"])


def digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def proven(session: Session, claim: Claim, status: int, headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Add the proof to the headers of an answer."""
    full = headers | {"Content-Digest": digest(body)}
    named = ("Content-Type", "Content-Digest", "Idempotency-Replayed", "Retry-After", "ETag", "Tbx-Time-Milliseconds")
    lines = ["toolboxai-answer-1", f"{status:03d}", *(full.get(name, "") for name in named), claim.signature]
    proof = mac(expand(session.key, b"tbx1 answer"), "\n".join(lines).encode())
    return full | {"Answer-Proof": f":{base64.b64encode(proof).decode()}:"}
