"""A bridge for the tests of clients, written from docs/protocol.md alone with hashlib and hmac.

It keeps everything in memory, does what it is told to do wrong, and counts what it did. What it cannot show is that
the real bridge does the same; tests/integration/gate does that.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
import ssl
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web
from nacl.signing import SigningKey

from bridge.client import Device, DeviceFile
from bridge.client.address import BridgeAddress

READ_LIST = '("@method" "@authority" "@path" "@query" "content-digest")'
WRITE_LIST = '("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key")'
FORM = re.compile(
    r'tbx=(?P<params>(?P<list>\([^)]*\));created=(?P<created>\d{1,10});keyid="(?P<key_id>[A-Za-z0-9_-]{26}\.[0-9a-f]{16})"'
    r';nonce="(?P<number>[1-9]\d{0,6})";tag="toolboxai-bridge-1")'
)
WINDOW = 960
USER_CODE = "BCDF-GHJK"

Fault = Literal[
    "cut_before",  # the request is not even looked at
    "cut_after",  # it is done, and the answer is lost
    "no_proof",  # it is done, and the answer shows nothing
    "wrong_proof",
    "proof_of_another",  # proven, but of another request
    "other_body",  # somebody changed the body on its way back
    "two_times",  # a header that is proven stands there twice
    "unproven_503",
    "unproven_revoked",
    "unproven_malformed",
    "unproven_not_proven",
    "bad_gateway",  # a proxy before it has no answer
    "gateway_timeout",
    "redirect",
    "wrong_digest",
    "in_progress",
    "limited",
    "hang",  # it never answers
    "skip",  # in order, for once
]
OpeningFault = Literal["short_challenge", "no_proof", "no_signature", "busy", "unproven_busy", "bad_gateway", "skip"]

RedeemAnswer = Literal["pending", "slow_down", "cut", "denied", "expired", "paired", "strange", "busy", "gateway"]

_UNPAIRED: dict[str, tuple[int, str, dict[str, str]]] = {
    "denied": (403, "pairing_denied", {}),
    "expired": (410, "pairing_expired", {}),
    "strange": (418, "teapot", {}),
    "busy": (503, "unavailable", {"Retry-After": "100000"}),
    "gateway": (504, "unavailable", {"Retry-After": "100000"}),
}
_UNPROVEN: dict[str, tuple[int, str, dict[str, str]]] = {
    "unproven_503": (503, "unavailable", {"Retry-After": "100000"}),
    "unproven_revoked": (403, "revoked", {}),
    "unproven_malformed": (400, "malformed", {}),
    "unproven_not_proven": (401, "not_proven", {}),
}
_OF_A_PROXY: dict[str, tuple[int, dict[str, str]]] = {
    "bad_gateway": (502, {}),
    "gateway_timeout": (504, {}),
    "redirect": (302, {"Location": "https://127.0.0.1/signin"}),
}


def mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def use(key: bytes, label: str) -> bytes:
    return mac(key, f"tbx1 {label}".encode(), b"\x01")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


@dataclass
class PairedDevice:
    key: bytes
    next_key: bytes | None = None
    is_revoked: bool = False


@dataclass
class OpenSession:
    key: bytes
    device_id: str
    ends_at: float
    used: set[int] = field(default_factory=set)
    top: int = 0
    # Somebody ended this one; its holder may open another.
    is_ended: bool = False


@dataclass(frozen=True)
class Sent:
    """One signed sending as it arrived."""

    key_id: str
    number: int
    created: int
    idempotency_key: str | None
    signature: str


class StandInBridge:
    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.bridge_id = secrets.token_hex(16)
        self.grant_key = SigningKey.generate()
        self.endorsed_by: SigningKey | None = None
        self.devices: dict[str, PairedDevice] = {}
        self.game_keys: set[str] = set()
        self.sessions: dict[str, OpenSession] = {}
        self.epoch = secrets.token_hex(8)
        self.clock_ahead_seconds = 0.0
        self.life_seconds = 900
        self.requests_a_minute = 60_000
        self.body_bytes = 1_048_576
        self.protocol = (1, 1)
        self.pairing_seconds = 600
        self.ends_sessions = False
        # What it does wrong, to one sending after the other.
        self.faults: deque[Fault] = deque()
        self.opening_faults: deque[OpeningFault] = deque()
        self.redeem_answers: deque[RedeemAnswer] = deque()
        # What happened.
        self.sent: list[Sent] = []
        self.refusals: Counter[str] = Counter()
        self.challenges = 0
        self.openings = 0
        self.closed: list[str] = []
        self.effects: Counter[str] = Counter()
        self.asked_at: list[float] = []
        self.user_agents: set[str | None] = set()
        # While it is cleared, challenges wait; and whether one does.
        self.opening_gate = asyncio.Event()
        self.opening_gate.set()
        self.opening_waits = asyncio.Event()
        self._challenges: dict[bytes, tuple[str, str]] = {}
        self._ns: set[str] = set()
        self._answered: dict[str, tuple[int, bytes]] = {}
        self._device_codes: dict[str, tuple[str, bytes]] = {}

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/pair", self._pair)
        app.router.add_post("/v1/pair/redeem", self._redeem)
        app.router.add_post("/v1/challenge", self._challenge)
        app.router.add_post("/v1/session", self._session)
        app.router.add_post("/v1/session/game", self._game)
        app.router.add_route("*", "/{path:.*}", self._signed)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen(0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _listen(self, port: int) -> None:
        site = web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=self._tls)
        await site.start()
        self.port: int = self._runner.addresses[0][1]

    async def stop_listening(self) -> None:
        for site in tuple(self._runner.sites):
            await site.stop()

    @property
    def url(self) -> str:
        return f"{'http' if self._tls is None else 'https'}://127.0.0.1:{self.port}"

    def add_device(self) -> tuple[str, bytes]:
        device_id, key = secrets.token_hex(13), secrets.token_bytes(32)
        self.devices[device_id] = PairedDevice(key)
        return device_id, key

    def keep_device(self, path: Path) -> Path:
        """Write the file of a device that this bridge knows."""
        device_id, key = self.add_device()
        DeviceFile(path).write(
            Device(
                bridge=BridgeAddress.parse(self.url),
                device_id=device_id,
                key=key,
                tenant_id="01m4",
                project_id=None,
                scopes=("sync",),
                bridge_id=self.bridge_id,
                bridge_public_key=self.public_key,
            )
        )
        return path

    @property
    def public_key(self) -> bytes:
        return self.grant_key.verify_key.encode()

    def restart(self) -> None:
        """Lose the memory of used numbers, and with it the sessions."""
        self.epoch = secrets.token_hex(8)

    def rotate(self, device_id: str) -> None:
        self.devices[device_id].next_key = secrets.token_bytes(32)

    def replace_grant_key(self, *, is_endorsed: bool) -> None:
        self.endorsed_by = self.grant_key if is_endorsed else None
        self.grant_key = SigningKey.generate()

    def now(self) -> float:
        return time.time() + self.clock_ahead_seconds

    # Pairing

    async def _pair(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _problem(415, "unsupported_media_type")
        await request.json()
        code = secrets.token_urlsafe(32)
        self._device_codes[code] = self.add_device()
        said = {
            "device_code": code,
            "user_code": USER_CODE,
            "interval_seconds": 1,
            "expires_in_seconds": self.pairing_seconds,
            "bridge_id": self.bridge_id,
        }
        return web.json_response(said, status=201)

    async def _redeem(self, request: web.Request) -> web.Response:
        self.asked_at.append(time.monotonic())
        device_id, key = self._device_codes[(await request.json())["device_code"]]
        answer = self.redeem_answers.popleft() if self.redeem_answers else "paired"
        if answer == "cut":
            _cut(request)
        if answer == "pending":
            return web.json_response({"state": "pending", "interval_seconds": 1}, status=202)
        if answer == "slow_down":
            return _problem(429, "slow_down", {"Retry-After": "1"})
        if answer in _UNPAIRED:
            return _problem(*_UNPAIRED[answer])
        return web.json_response(
            {
                "state": "paired",
                "device_id": device_id,
                "device_key": b64(key),
                "tenant_id": "01m4",
                "project_id": None,
                "scopes": ["sync"],
                "bridge_id": self.bridge_id,
                "bridge_public_key": b64(self.public_key),
            }
        )

    # Opening

    async def _challenge(self, request: web.Request) -> web.Response:
        told = await request.json()
        self.challenges += 1
        self.opening_waits.set()
        await self.opening_gate.wait()
        if self.opening_faults and self.opening_faults[0] == "short_challenge":
            self.opening_faults.popleft()
            return web.json_response({"challenge": b64(bytes(39)), "expires_in_seconds": 60})
        if told["n"] in self._ns:
            return _problem(400, "malformed")
        self._ns.add(told["n"])
        challenge = secrets.token_bytes(40)
        self._challenges[challenge] = (told["device_id"], told["n"])
        return web.json_response({"challenge": b64(challenge), "expires_in_seconds": 60})

    async def _session(self, request: web.Request) -> web.Response:
        body = await request.read()
        told = json.loads(body)
        challenge, n = base64.b64decode(told["challenge"]), told["n"].encode()
        device = self.devices.get(told["device_id"])
        known = self._challenges.pop(challenge, None) == (told["device_id"], told["n"])
        message = challenge + n + b"\n" + request.headers["Host"].lower().encode() + b"\n" + sha(body)
        key = self._proven_key(device, message, request.headers.get("Session-Proof", "")) if known else None
        if device is None or key is None:
            self.refusals["not_proven"] += 1
            return _problem(401, "not_proven")
        fault = self.opening_faults.popleft() if self.opening_faults else None
        if fault == "unproven_busy":
            return _problem(503, "unavailable", {"Retry-After": "100000"})
        if device.is_revoked:
            answer = _problem(403, "revoked")
        elif fault == "busy":
            answer = _problem(429, "too_many_sessions", {"Retry-After": "1"})
        else:
            answer = web.json_response(self._grant(told["device_id"], device, key, challenge + n), status=201)
        told_back = answer.body
        assert isinstance(told_back, bytes)
        proven = challenge + n + b"\n" + f"{answer.status:03d}".encode() + b"\n" + sha(told_back)
        if fault != "no_proof":
            answer.headers["Grant-Proof"] = f":{b64(mac(use(key, 'grant'), proven))}:"
        if fault != "no_signature":
            answer.headers["Grant-Signature"] = f":{b64(self.grant_key.sign(proven).signature)}:"
        return answer

    def _proven_key(self, device: PairedDevice | None, message: bytes, proof: str) -> bytes | None:
        if device is None:
            return None
        for key in (device.key, device.next_key):
            if key is not None and hmac.compare_digest(f":{b64(mac(use(key, 'open'), message))}:", proof):
                if key == device.next_key:
                    device.key, device.next_key = key, None
                return key
        return None

    def _grant(self, device_id: str, device: PairedDevice, key: bytes, context: bytes) -> dict[str, Any]:
        key_id, session_key = self._open(device_id)
        endorsement = None
        if self.endorsed_by is not None:
            message = b"tbx1 grant key" + bytes.fromhex(self.bridge_id) + self.public_key
            endorsement = {
                "public_key": b64(self.endorsed_by.verify_key.encode()),
                "signature": b64(self.endorsed_by.sign(message).signature),
            }
        pad = mac(use(key, "wrap"), context, key_id.encode())
        renewed = device.next_key
        new_pad = mac(use(key, "wrap"), b"device", context)
        return {
            **self._terms(key_id),
            "wrapped_key": b64(xor(session_key, pad)),
            "bridge": {"id": self.bridge_id, "public_key": b64(self.public_key), "endorsement": endorsement},
            "new_device_key": None if renewed is None else {"wrapped": b64(xor(renewed, new_pad))},
        }

    def _open(self, holder: str) -> tuple[str, bytes]:
        self.openings += 1
        sid = base64.urlsafe_b64encode(b"\x01\x00\x00" + secrets.token_bytes(16)).decode().rstrip("=")
        key_id, session_key = f"{sid}.{self.epoch}", secrets.token_bytes(32)
        ends_at = time.monotonic() + self.life_seconds + 60
        self.sessions[key_id] = OpenSession(session_key, holder, ends_at, is_ended=self.ends_sessions)
        return key_id, session_key

    def _terms(self, key_id: str) -> dict[str, Any]:
        return {
            "key_id": key_id,
            "time_milliseconds": int(self.now() * 1000),
            "expires_in_seconds": self.life_seconds,
            "overlap_seconds": 60,
            "requests": 1_048_576,
            "window": WINDOW,
            "limits": {"requests_a_minute": self.requests_a_minute, "body_bytes": self.body_bytes},
            "protocol": {"least": self.protocol[0], "most": self.protocol[1]},
            "tenant_id": "01m4",
            "project_id": None,
            "scopes": ["sync"],
        }

    async def _game(self, request: web.Request) -> web.Response:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self._tls is None:
            return _problem(403, "insecure")
        if self.opening_faults and self.opening_faults[0] == "bad_gateway":
            self.opening_faults.popleft()
            return web.Response(status=502, text="<h1>no bridge here</h1>", content_type="text/html")
        told = await request.json()
        if not {"n", "universe_id", "place_id", "version"} <= told.keys():
            return _problem(422, "invalid_request")
        if bearer not in self.game_keys:
            return _problem(401, "not_proven")
        key_id, session_key = self._open(bearer)
        bridge = {"id": self.bridge_id, "public_key": b64(self.public_key)}
        return web.json_response({**self._terms(key_id), "key": b64(session_key), "bridge": bridge}, status=201)

    # Signed requests

    async def _signed(self, request: web.Request) -> web.Response:
        fault: Fault = self.faults.popleft() if self.faults else "skip"
        self.user_agents.add(request.headers.get("User-Agent"))
        if fault == "cut_before":
            _cut(request)
        if fault == "hang":
            await asyncio.Event().wait()
        body = await request.read()
        if fault in _UNPROVEN:
            return _problem(*_UNPROVEN[fault])
        if fault in _OF_A_PROXY:
            status, headers = _OF_A_PROXY[fault]
            return web.Response(
                status=status, text="<h1>no bridge here</h1>", content_type="text/html", headers=headers
            )
        found = FORM.fullmatch(request.headers.get("Signature-Input", ""))
        reads = request.method in {"GET", "HEAD"}
        if found is None or found["list"] != (READ_LIST if reads else WRITE_LIST):
            return self._refused(400, "malformed")
        session = self.sessions.get(found["key_id"])
        key = b"" if session is None else use(session.key, "request")
        signature = b64(mac(key, signature_base(request, found["params"], reads=reads).encode()))
        if session is None or not hmac.compare_digest(f"tbx=:{signature}:", request.headers.get("Signature", "")):
            return self._refused(401, "not_proven")
        number = int(found["number"])
        idempotency_key = None if reads else request.headers["Idempotency-Key"]
        self.sent.append(Sent(found["key_id"], number, int(found["created"]), idempotency_key, signature))
        answer = await self._judged(request, body, session, found, fault)
        if fault == "cut_after":
            _cut(request)
        if request.method == "HEAD":
            answer.body = b""
        return self._proven(answer, session, signature, fault)

    async def _judged(
        self, request: web.Request, body: bytes, session: OpenSession, found: re.Match[str], fault: Fault
    ) -> web.Response:
        number = int(found["number"])
        device = self.devices.get(session.device_id)
        is_whole = request.headers.get("Content-Digest") == f"sha-256=:{b64(sha(body))}:"
        # In the order in which the protocol checks them.
        checks = (
            (abs(self.now() - int(found["created"])) > 60, 401, "stale"),
            (found["key_id"].partition(".")[2] != self.epoch or time.monotonic() > session.ends_at, 401, "epoch"),
            (session.is_ended or (device is not None and device.is_revoked), 403, "revoked"),
            (request.path == "/v1/forbidden", 403, "out_of_scope"),
            (fault == "wrong_digest" or not is_whole, 400, "wrong_digest"),
        )
        for is_so, status, code in checks:
            if is_so:
                return self._refused(status, code)
        if number in session.used or number <= session.top - WINDOW:
            return self._refused(409, "replayed", next=session.top + 1)
        session.used.add(number)
        session.top = max(session.top, number)
        if fault == "in_progress":
            return self._refused(409, "in_progress", {"Retry-After": "1"})
        if fault == "limited":
            return self._refused(429, "too_many_requests", {"Retry-After": "1"})
        return self._done(request, body, found["key_id"])

    def _done(self, request: web.Request, body: bytes, key_id: str) -> web.Response:
        if request.method == "DELETE" and request.path == "/v1/session":
            self.closed.append(key_id)
            del self.sessions[key_id]
            return web.Response(status=204)
        if request.method in {"GET", "HEAD"}:
            return web.json_response({"target": request.raw_path}, headers={"ETag": '"7"'})
        key = request.headers["Idempotency-Key"]
        if key in self._answered:
            status, told = self._answered[key]
            headers = {"Idempotency-Replayed": "true"}
            return web.Response(status=status, body=told, content_type="application/json", headers=headers)
        self.effects[key] += 1
        told = json.dumps({"done": key, "bytes": len(body)}).encode()
        self._answered[key] = (201, told)
        return web.Response(status=201, body=told, content_type="application/json")

    def _refused(self, status: int, code: str, headers: dict[str, str] | None = None, **more: int) -> web.Response:
        self.refusals[code] += 1
        return _problem(status, code, headers or {}, **more)

    def _proven(self, answer: web.Response, session: OpenSession, signature: str, fault: Fault) -> web.Response:
        if self._tls is not None:
            return answer
        body = answer.body if isinstance(answer.body, bytes) else b""
        headers = answer.headers
        headers["Content-Digest"] = f"sha-256=:{b64(sha(body))}:"
        headers["Tbx-Time-Milliseconds"] = str(int(self.now() * 1000))
        if fault == "no_proof":
            return answer
        lines = [
            "toolboxai-answer-1",
            f"{answer.status:03d}",
            headers.get("Content-Type", ""),
            headers["Content-Digest"],
            *(headers.get(name, "") for name in ("Idempotency-Replayed", "Retry-After", "ETag")),
            headers["Tbx-Time-Milliseconds"],
            b64(bytes(32)) if fault == "proof_of_another" else signature,
        ]
        proof = mac(use(session.key, "answer"), "\n".join(lines).encode())
        headers["Answer-Proof"] = f":{b64(bytes(32) if fault == 'wrong_proof' else proof)}:"
        if fault == "other_body":
            answer.body = b'{"done": "something else"}'
        if fault == "two_times":
            headers.add("Tbx-Time-Milliseconds", "0")
        return answer


def signature_base(request: web.Request, params: str, *, reads: bool) -> str:
    path, _, query = request.raw_path.partition("?")
    lines = [
        f'"@method": {request.method}',
        f'"@authority": {request.headers["Host"].lower()}',
        f'"@path": {path}',
        f'"@query": ?{query}',
        f'"content-digest": {request.headers.get("Content-Digest")}',
        *([] if reads else [f'"idempotency-key": {request.headers.get("Idempotency-Key")}']),
        f'"@signature-params": {params}',
    ]
    return "\n".join(lines)


def _problem(status: int, code: str, headers: dict[str, str] | None = None, **more: int) -> web.Response:
    told = {"title": code, "status": status, "code": code, "detail": f"It is {code}.", "request_id": "00", **more}
    return web.json_response(told, status=status, headers=headers or {}, content_type="application/problem+json")


def _cut(request: web.Request) -> None:
    """End the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    raise ConnectionResetError
