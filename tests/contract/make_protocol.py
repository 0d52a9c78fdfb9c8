"""Writes protocol.json: worked bytes of pairing, opening a session, a new device key and proven answers.

`python -P -m tests.contract.make_protocol` makes it anew; a test holds that the file is what this makes.
"""

import hashlib
import json
from base64 import b64encode
from itertools import count
from pathlib import Path
from typing import Final

from nacl.signing import SigningKey

from tests.contract import signing
from tests.contract.make_requests import BRIDGE_ID, CREATED, MASTERS
from tests.contract.signing import Session, Signed, mac, sign

VECTORS: Final = Path(__file__).with_name("protocol.json")
# As it stands in a body, and the 16 bytes that it is.
DEVICE_ID: Final = "40g6187145gt3rh2cahe68v3mf"
RAW_DEVICE_ID: Final = bytes(range(0x80, 0x90))
CHALLENGES: Final = (bytes(range(40)), bytes(range(0xD7, 0xFF)))
NS: Final = ("5f0c0d2e-2fd1-4a52-8f6e-0f3ad6a0a7b1 1700000000", "~n 000 ~")
SEEDS: Final = (bytes(range(0xA0, 0xC0)), bytes(range(0xC0, 0xE0)))
TENANT_ID: Final = "01jpmv8r7m0000000000000001"

ABOUT: Final = (
    "Worked bytes of docs/protocol.md, version 1, made by make_protocol.py from SHA-256, HMAC and Ed25519 alone. "
    "A field is hex unless its name says other: *_text is text as it is on the wire (a body, a value in a body, or the "
    "value of a header), *_base64 the base64 of a value in a body. bridge_id, masters, D and K are those of "
    "requests.json. "
    "pairings: six digits of a device key; some begin with 0. "
    "openings: session_proof.message is C || N || '\\n' || authority || '\\n' || SHA(body_text), its mac is "
    "HMAC(D_open, message), its header_text the value of Session-Proof. answer.message is C || N || '\\n' || status || "
    "'\\n' || SHA(body_text), its mac HMAC(D_grant, message), proof_text and signature_text the values of Grant-Proof "
    "and Grant-Signature (Ed25519 by grant_seed over the same message; refusals have none). wrap.key is K, wrap.pad "
    "HMAC(D_wrap, C || N || key_id), wrap.wrapped their xor. new_device_key, where there is one: pad is HMAC(D_wrap, "
    "'device' || C || N), key is D', wrapped their xor. endorsement, where there is one: the Ed25519 signature by "
    "previous_seed over 'tbx1 grant key' || bridge_id || the new public key. "
    "requests: signed with K of the first opening; K_request is request_key, base_text the lines that are signed, mac "
    "HMAC(K_request, base_text), and headers are those that go with the request. "
    "answers: all are to the second of the requests; request_signature is the text between the colons of the "
    "request's Signature, base_text the lines that are proven, mac is HMAC(K_answer, base_text), header_text the value "
    "of Answer-Proof; fields holds the headers of the answer, empty where one is missing."
)


def protocol_document() -> dict[str, object]:
    return {
        "about": ABOUT,
        "bridge_id": BRIDGE_ID.hex(),
        "masters": {str(version): key.hex() for version, key in MASTERS.items()},
        "pairings": [_pairing(version, generation) for version, generation in _pairings()],
        "openings": [_granted(), _rekeyed(), _refused()],
        "requests": [_signed(request) for request in _requests()],
        "answers": _answers(),
    }


def _digits(device: bytes) -> tuple[bytes, str]:
    told = mac(signing.device_use(device, "check"), b"six digits")
    return told, f"{int.from_bytes(told[:4]) % 1_000_000:06d}"


def _device(version: int, generation: int) -> bytes:
    return signing.device_key(MASTERS[version], BRIDGE_ID, RAW_DEVICE_ID, generation)


def _pairings() -> list[tuple[int, int]]:
    """One that is like most, one with the other master key, and one that begins with a zero."""
    zero = next(at for at in count(1) if _digits(_device(1, at))[1].startswith("0"))
    return [(1, 0), (255, 0), (1, zero)]


def _pairing(version: int, generation: int) -> dict[str, object]:
    device = _device(version, generation)
    told, digits = _digits(device)
    return {
        "master_version": version,
        "device_id_text": DEVICE_ID,
        "device_id": RAW_DEVICE_ID.hex(),
        "generation": generation,
        "device_key": device.hex(),
        "device_key_base64": b64encode(device).decode(),
        "check": signing.device_use(device, "check").hex(),
        "mac": told.hex(),
        "digits_text": digits,
    }


def _opening(at: int, device: bytes, authority: str, body: dict[str, object]) -> dict[str, object]:
    challenge, n = CHALLENGES[at], NS[at]
    document = {"device_id": DEVICE_ID, "n": n, "challenge": b64encode(challenge).decode(), **body}
    text = json.dumps(document, separators=(",", ":"))
    message = _message(challenge, n, authority, text)
    proof = mac(signing.device_use(device, "open"), message)
    return {
        "device_key": device.hex(),
        "challenge": challenge.hex(),
        "challenge_base64": b64encode(challenge).decode(),
        "n_text": n,
        "authority_text": authority,
        "body_text": text,
        "session_proof": {"message": message.hex(), "mac": proof.hex(), "header_text": _header(proof)},
    }


def _message(challenge: bytes, n: str, middle: str, body: str) -> bytes:
    """What is proven of an opening or of its answer: `middle` is the authority of the one, the status of the other."""
    return b"\n".join([challenge + n.encode(), middle.encode(), hashlib.sha256(body.encode()).digest()])


def _answer(at: int, device: bytes, status: int, text: str, seed: bytes | None) -> dict[str, object]:
    message = _message(CHALLENGES[at], NS[at], str(status), text)
    proof = mac(signing.device_use(device, "grant"), message)
    answer: dict[str, object] = {
        "status": status,
        "body_text": text,
        "message": message.hex(),
        "mac": proof.hex(),
        "proof_text": _header(proof),
    }
    if seed is not None:
        answer["signature_text"] = _header(SigningKey(seed).sign(message).signature)
    return answer


def _grant(
    at: int,
    device: bytes,
    session: Session,
    seed: bytes,
    *,
    previous: bytes | None = None,
    new_device: bytes | None = None,
) -> dict[str, object]:
    context = CHALLENGES[at] + NS[at].encode()
    pad_key = signing.device_use(device, "wrap")
    wrapped = signing.wrapped(pad_key, context + session.key_id.encode(), session.key)
    public = SigningKey(seed).verify_key.encode()
    made: dict[str, object] = {
        "grant_seed": seed.hex(),
        "public_key": public.hex(),
        "wrap": {
            "key_id_text": session.key_id,
            "key": session.key.hex(),
            "pad": mac(pad_key, context + session.key_id.encode()).hex(),
            "wrapped": wrapped.hex(),
        },
    }
    endorsement = None
    if previous is not None:
        message = b"tbx1 grant key" + BRIDGE_ID + public
        signature = SigningKey(previous).sign(message).signature
        endorsement = {
            "public_key": b64encode(SigningKey(previous).verify_key.encode()).decode(),
            "signature": b64encode(signature).decode(),
        }
        made["endorsement"] = {
            "previous_seed": previous.hex(),
            "message": message.hex(),
            "signature": signature.hex(),
        }
    renewed = None
    if new_device is not None:
        new_wrapped = signing.wrapped(pad_key, b"device" + context, new_device)
        renewed = {"wrapped": b64encode(new_wrapped).decode()}
        made["new_device_key"] = {
            "key": new_device.hex(),
            "pad": mac(pad_key, b"device", context).hex(),
            "wrapped": new_wrapped.hex(),
        }
    body = {
        "key_id": session.key_id,
        "wrapped_key": b64encode(wrapped).decode(),
        "time_milliseconds": CREATED * 1000 + 123,
        "expires_in_seconds": 900,
        "overlap_seconds": 60,
        "requests": 1_048_576,
        "window": 960,
        "limits": {"requests_a_minute": 400, "body_bytes": 1_048_576},
        "protocol": {"least": 1, "most": 1},
        "tenant_id": TENANT_ID,
        "project_id": None,
        "scopes": ["sync"],
        "bridge": {"id": BRIDGE_ID.hex(), "public_key": b64encode(public).decode(), "endorsement": endorsement},
        "new_device_key": renewed,
    }
    return made | {"answer": _answer(at, device, 201, json.dumps(body, separators=(",", ":")), seed)}


def _session() -> Session:
    return Session(MASTERS[1], BRIDGE_ID, 1, 0, bytes(range(16)), "00000000000000ab")


def _granted() -> dict[str, object]:
    device, session = _device(1, 0), _session()
    said: dict[str, object] = {"version": "0.1.0", "place_id": 95206881, "universe_id": 9801, "job": "j-1"}
    opening = _opening(0, device, "127.0.0.1:8460", said)
    return {"case_text": "a grant"} | opening | _grant(0, device, session, SEEDS[0])


def _rekeyed() -> dict[str, object]:
    """The first opening after the master key was rotated."""
    device = _device(1, 0)
    session = Session(MASTERS[255], BRIDGE_ID, 255, 0xFFFE, bytes(range(0xF0, 0x100)), "fedcba9876543210")
    opening = _opening(1, device, "bridge.school.example", {"version": "0.1.0"})
    granted = _grant(1, device, session, SEEDS[1], previous=SEEDS[0], new_device=_device(255, 0))
    return {"case_text": "a grant with a new device key"} | opening | granted


def _refused() -> dict[str, object]:
    device = _device(1, 0)
    opening = _opening(0, device, "127.0.0.1:8460", {"version": "0.1.0"})
    problem = {
        "title": "Forbidden",
        "status": 403,
        "code": "revoked",
        "detail": "This device was revoked; pair it anew.",
        "request_id": "000102030405060708090a0b",
    }
    text = json.dumps(problem, separators=(",", ":"))
    return {"case_text": "a refusal after a right proof"} | opening | {"answer": _answer(0, device, 403, text, None)}


def _requests() -> list[Signed]:
    """One that reads, the one that is answered below, one with the highest number, and one that ends the session."""
    session = _session()
    key, key_id = session.use("request"), session.key_id
    read = {"method": "GET", "target": "/v1/session", "body": b"", "idempotency_key": None}
    body = b'{"method":"GET","path":"/v1/blobs/%C3%A4"}'
    return [
        sign(key, key_id, number=2, created=CREATED + 2, **read),  # type: ignore[arg-type]
        _answered(session),
        sign(key, key_id, number=1_049_536, created=CREATED + 3, target="/v1/tickets", body=body),
        sign(key, key_id, number=3, created=CREATED + 3, method="DELETE", target="/v1/session", body=b""),
    ]


def _answered(session: Session) -> Signed:
    return sign(session.use("request"), session.key_id, number=1, created=CREATED + 1)


def _signed(request: Signed) -> dict[str, object]:
    key = _session().use("request")
    headers = {
        "Content-Digest": request.content_digest,
        "Idempotency-Key": request.idempotency_key,
        "Signature-Input": request.signature_input,
        "Signature": request.signature,
    }
    return {
        "key": _session().key.hex(),
        "request_key": key.hex(),
        "method": request.method,
        "target_text": request.target,
        "authority_text": request.host,
        "body_text": request.body.decode(),
        "base_text": request.signature_base,
        "mac": mac(key, request.signature_base.encode()).hex(),
        "headers": {name: value for name, value in headers.items() if value is not None},
    }


def _answers() -> list[dict[str, object]]:
    session = _session()
    signed = _answered(session)
    problem = '{"title":"Conflict","status":409,"code":"replayed","detail":"It was used.","request_id":"00","next":18}'
    json_type, problem_type = "application/json", "application/problem+json"
    return [
        _proven(session, signed.signature, 200, '{"a":1}', {"Content-Type": json_type}),
        _proven(session, signed.signature, 204, "", {}),
        _proven(
            session,
            signed.signature,
            200,
            '{"name":"\u00e4"}',
            {"Content-Type": json_type, "Idempotency-Replayed": "true", "ETag": '"7"'},
        ),
        _proven(session, signed.signature, 409, problem, {"Content-Type": problem_type, "Retry-After": "1"}),
    ]


def _proven(session: Session, signature: str, status: int, body: str, told: dict[str, str]) -> dict[str, object]:
    fields = {
        "Content-Type": told.get("Content-Type", ""),
        "Content-Digest": f"sha-256=:{b64encode(hashlib.sha256(body.encode()).digest()).decode()}:",
        "Idempotency-Replayed": told.get("Idempotency-Replayed", ""),
        "Retry-After": told.get("Retry-After", ""),
        "ETag": told.get("ETag", ""),
        "Tbx-Time-Milliseconds": str(CREATED * 1000 + 456),
    }
    request_signature = signature.removeprefix("tbx=:").removesuffix(":")
    base = "\n".join(["toolboxai-answer-1", str(status), *fields.values(), request_signature])
    proof = mac(session.use("answer"), base.encode())
    return {
        "key_id_text": session.key_id,
        "key": session.key.hex(),
        "answer_key": session.use("answer").hex(),
        "request_signature_text": request_signature,
        "status": status,
        "body_text": body,
        "fields": fields,
        "base_text": base,
        "mac": proof.hex(),
        "header_text": _header(proof),
    }


def _header(value: bytes) -> str:
    return f":{b64encode(value).decode()}:"


def text() -> str:
    return json.dumps(protocol_document(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(text(), encoding="utf-8")
