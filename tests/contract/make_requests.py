"""Writes requests.json: our own canonical requests with every value on the way to them.

`python -P -m tests.contract.make_requests` makes it anew; a test holds that the file is what this makes.
"""

import json
from itertools import cycle
from pathlib import Path

from tests.contract import signing
from tests.contract.signing import DEVICE_USES, SESSION_USES, Session, Signed, sign

VECTORS = Path(__file__).with_name("requests.json")
BRIDGE_ID = bytes(range(0x10, 0x20))
MASTERS = {1: bytes(range(0x20, 0x40)), 255: bytes(range(0x60, 0x80))}
CREATED = 1_700_000_000

ABOUT = (
    "Requests of the bridge protocol, version 1, made by make_requests.py from SHA-256 and HMAC alone. "
    "Bytes are hex. sid = base64url(master version 1 byte, shard 2, random 16); key_id = sid '.' epoch. "
    "K = HKDF(salt bridge_id, secret master, info 'tbx1 session' sid epoch); D = HKDF(salt bridge_id, secret master, "
    "info 'tbx1 device' device_id generation as 4 bytes); their uses = HKDF-Expand of 'tbx1 ' and the name. "
    "wrapped = key xor HMAC(pad_key, context)."
)


def requests_document() -> dict[str, object]:
    sessions = [
        Session(MASTERS[1], BRIDGE_ID, 1, 0, bytes(range(16)), "00000000000000ab"),
        Session(MASTERS[255], BRIDGE_ID, 255, 0xFFFE, bytes(range(0xF0, 0x100)), "fedcba9876543210"),
    ]
    return {
        "about": ABOUT,
        "bridge_id": BRIDGE_ID.hex(),
        "masters": {str(version): key.hex() for version, key in MASTERS.items()},
        "devices": [_device(version, generation) for version in MASTERS for generation in (0, 0x01020304)],
        "sessions": [_session(session) for session in sessions],
        "wraps": [_wrap(session) for session in sessions],
        "requests": [_request(session, signed, number) for session, signed, number in _requests(sessions)],
    }


def _requests(sessions: list[Session]) -> list[tuple[Session, Signed, int]]:
    # The first and the last number, one in between, and some beyond a window.
    numbers = cycle((1, 2, 961, 17, 1_049_536))
    cases: list[dict[str, str | bytes | None]] = [
        {"method": "GET", "target": "/v1/updates", "body": b"", "idempotency_key": None},
        {"method": "GET", "target": "/v1/updates?", "body": b"", "idempotency_key": None},
        {"method": "GET", "target": "/v1/updates?cursor=a%2Fb%3D%3D&wait=20", "body": b"", "idempotency_key": None},
        {"method": "HEAD", "target": "/", "body": b"", "idempotency_key": None},
        {"method": "POST", "target": "/v1/edits?project=3", "body": b'{"edits":[]}'},
        {"method": "POST", "target": "/v1/edits", "body": b"", "host": "Bridge.School.Example"},
        {"method": "POST", "target": "/v1/edits?q=%C3%A4+b&q=?", "body": "ä".encode(), "host": "[::1]:8460"},
        {"method": "PUT", "target": "/v1/blobs/%F0%9F%8E%93", "body": bytes(range(256)), "host": "LOCALHOST:8460"},
        {"method": "PATCH", "target": "/v1/edits/7", "body": b"{}", "idempotency_key": "k" * 16},
        {"method": "DELETE", "target": "/v1/edits/7", "body": b"", "idempotency_key": "aZ09_.:+/=-" + "x" * 117},
    ]
    made = []
    for session, number, case in zip(cycle(sessions), numbers, cases, strict=False):
        created = CREATED + number
        signed = sign(session.use("request"), session.key_id, number=number, created=created, **case)  # type: ignore[arg-type]
        made.append((session, signed, number))
    return made


def _device(version: int, generation: int) -> dict[str, object]:
    device_id = bytes(range(0x80, 0x90))
    key = signing.device_key(MASTERS[version], BRIDGE_ID, device_id, generation)
    named: dict[str, object] = {"master_version": version, "device_id": device_id.hex(), "generation": generation}
    return named | {"key": key.hex()} | {use: signing.device_use(key, use).hex() for use in DEVICE_USES}


def _session(session: Session) -> dict[str, object]:
    named: dict[str, object] = {
        "master_version": session.master_version,
        "shard": session.shard,
        "random": session.random.hex(),
        "epoch": session.epoch,
        "sid": session.sid,
        "key_id": session.key_id,
        "key": session.key.hex(),
    }
    return named | {use: session.use(use).hex() for use in SESSION_USES}


def _wrap(session: Session) -> dict[str, object]:
    device = signing.device_key(session.master, BRIDGE_ID, bytes(range(0x80, 0x90)), 0)
    pad_key = signing.device_use(device, "wrap")
    context = bytes(range(40)) + b"5f0c0d2e-2fd1-4a52-8f6e-0f3ad6a0a7b1 1700000000" + session.key_id.encode()
    return {
        "pad_key": pad_key.hex(),
        "context": context.hex(),
        "pad": signing.mac(pad_key, context).hex(),
        "key": session.key.hex(),
        "wrapped": signing.wrapped(pad_key, context, session.key).hex(),
    }


def _request(session: Session, signed: Signed, number: int) -> dict[str, object]:
    return {
        "key_id": session.key_id,
        "number": number,
        "created": CREATED + number,
        "method": signed.method,
        "target": signed.target,
        "host": signed.host,
        "idempotency_key": signed.idempotency_key,
        "body": signed.body.hex(),
        "content_digest": signed.content_digest,
        "signature_base": signed.signature_base,
        "signature_input": signed.signature_input,
        "signature": signed.signature,
    }


def text() -> str:
    return json.dumps(requests_document(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(text(), encoding="utf-8")
