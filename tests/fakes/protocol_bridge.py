"""A stand-in for the bridge, written from docs/protocol.md alone, that misbehaves when a test asks it to.

A test steers it through `POST /test`: it approves pairings, turns the clock, uses numbers up, and lays faults in the
way of the requests that follow. It keeps count of what really happened, so that a test can see that a change was
made once. It is checked against the real thing by driving the same client against both.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.contract.signing import device_use, mac, wrapped
from tests.fakes.protocol_signed import FRESH_SECONDS, Asked, Claim, Session, claimed, is_signed, proven

NOW: Final = 1_700_000_000.0
_GOES_WITHOUT_PROOF: Final = frozenset(
    {"no-proof", "fake-success", "fake-stale", "fake-epoch", "fake-revoked", "busy", "busy-long", "malformed-unproven"}
)


@dataclass(slots=True)
class Pairing:
    device_code: str
    user_code: str
    state: str = "pending"
    device_id: str = ""


@dataclass(slots=True)
class State:
    now: float = NOW
    epoch: str = "00000000000000ab"
    life_seconds: int = 900
    requests: int = 1_048_576
    requests_a_minute: int = 400
    protocol: tuple[int, int] = (1, 1)
    bridge_id: str = "0f" * 16
    # Another one comes with each new key of a device.
    public_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    pairings: dict[str, Pairing] = field(default_factory=dict)
    devices: dict[str, bytes] = field(default_factory=dict)
    next_keys: dict[str, bytes] = field(default_factory=dict)
    challenges: dict[bytes, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[tuple[str, str, str], tuple[str, int, bytes]] = field(default_factory=dict)
    # What a test counts.
    effects: list[str] = field(default_factory=list)
    opened: int = 0
    moments: list[float] = field(default_factory=list)

    def fault(self, where: str) -> str:
        waiting = self.faults.get(where, [])
        return waiting.pop(0) if waiting else ""


STATE: Final = web.AppKey("state", State)


class Lost(Exception):
    """The connection goes away before an answer."""


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return status, {"Content-Type": kind} | (headers or {}), json.dumps(value).encode()


def _problem(status: int, code: str, headers: dict[str, str] | None = None, **more: object) -> tuple[int, Any, bytes]:
    value = {"title": code, "status": status, "code": code, "detail": f"It is {code}.", "request_id": "r-1"}
    return _json(status, value | more, headers)


def _answer(made: tuple[int, dict[str, str], bytes]) -> web.Response:
    status, headers, body = made
    return web.Response(status=status, headers=headers, body=body if status != 204 else None)


async def pair(request: web.Request) -> web.Response:
    state, asked = request.app[STATE], await request.json()
    if state.fault("pair") == "strange":
        return _answer(_problem(418, "teapot"))
    assert asked["kind"] in {"studio", "daemon"}
    assert 1 <= len(asked["name"]) <= 60
    letters = [secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8)]
    pairing = Pairing(secrets.token_urlsafe(32), "".join((*letters[:4], "-", *letters[4:])))
    state.pairings[pairing.device_code] = pairing
    shown = {"device_code": pairing.device_code, "user_code": pairing.user_code, "bridge_id": state.bridge_id}
    return _answer(_json(201, shown | {"interval_seconds": 5, "expires_in_seconds": 600}))


async def redeem(request: web.Request) -> web.Response:
    state, asked = request.app[STATE], await request.json()
    state.moments.append(state.now)
    match state.fault("redeem"):
        case "lose":
            raise Lost
        case "slow_down":
            return _answer(_problem(429, "slow_down", {"Retry-After": "7"}))
    pairing = state.pairings.get(asked["device_code"])
    if pairing is None or pairing.state == "expired":
        return _answer(_problem(410, "pairing_expired"))
    if pairing.state == "denied":
        return _answer(_problem(403, "pairing_denied"))
    if pairing.state == "pending":
        return _answer(_json(202, {"state": "pending", "interval_seconds": 5}))
    key = base64.b64encode(state.devices[pairing.device_id]).decode()
    paired = {"state": "paired", "device_id": pairing.device_id, "device_key": key, "tenant_id": "t1"}
    bridge = {"bridge_id": state.bridge_id, "bridge_public_key": base64.b64encode(state.public_key).decode()}
    return _answer(_json(200, paired | bridge | {"project_id": None, "scopes": ["sync"]}))


async def challenge(request: web.Request) -> web.Response:
    state, asked = request.app[STATE], await request.json()
    state.texts.append(asked["n"])
    fault = state.fault("challenge")
    if fault == "lose":
        raise Lost
    made = secrets.token_bytes({"short": 39, "long": 41}.get(fault, 40))
    state.challenges[made] = asked["n"]
    return _answer(_json(200, {"challenge": base64.b64encode(made).decode(), "expires_in_seconds": 60}))


async def open_session(request: web.Request) -> web.Response:
    state, body = request.app[STATE], await request.read()
    asked, fault = json.loads(body), state.fault("open")
    made, n = base64.b64decode(asked["challenge"]), asked["n"].encode()
    keys = (state.devices.get(asked["device_id"]), state.next_keys.get(asked["device_id"]))
    message = made + n + f"\n{request.host.lower()}\n".encode() + hashlib.sha256(body).digest()
    shown = request.headers.get("Session-Proof", "")
    right = [one for one in keys if one is not None and _shows(shown, mac(device_use(one, "open"), message))]
    if not right or state.challenges.pop(made, None) != asked["n"] or fault == "not_proven":
        return _answer(_problem(401, "not_proven"))
    if fault == "lose":
        raise Lost
    key = right[0]
    if key == state.next_keys.get(asked["device_id"]):
        state.devices[asked["device_id"]] = state.next_keys.pop(asked["device_id"])
    status, headers, said = _refusal(fault) or _grant(state, key, asked["device_id"], made, n, rekey=fault == "rekey")
    proof = mac(device_use(key, "grant"), made + n + f"\n{status:03d}\n".encode() + hashlib.sha256(said).digest())
    if fault == "wrong-proof":
        proof = bytes(32)
    if fault not in {"no-proof", "revoked-unproven", "unavailable-unproven"}:
        headers["Grant-Proof"] = _shown(proof)
    return _answer((status, headers, said))


def _shown(value: bytes) -> str:
    return f":{base64.b64encode(value).decode()}:"


def _shows(header: str, value: bytes) -> bool:
    return hmac.compare_digest(header, _shown(value))


def _refusal(fault: str) -> tuple[int, dict[str, str], bytes] | None:
    match fault:
        case "revoked" | "revoked-unproven":
            return _problem(403, "revoked")
        case "place_not_allowed":
            return _problem(403, "place_not_allowed")
        case "too_many_sessions":
            return _problem(429, "too_many_sessions", {"Retry-After": "40"})
        case "unavailable":
            return _problem(503, "unavailable", {"Retry-After": "9"})
        case "unavailable-unproven":
            return _problem(503, "unavailable", {"Retry-After": "100000"})
    return None


def _grant(
    state: State, device_key: bytes, device_id: str, made: bytes, n: bytes, *, rekey: bool
) -> tuple[int, dict[str, str], bytes]:
    key, sid = secrets.token_bytes(32), base64.urlsafe_b64encode(b"\1\0\0" + secrets.token_bytes(16)).decode()[:26]
    key_id = f"{sid}.{state.epoch}"
    wrap = device_use(device_key, "wrap")
    fresh = None
    if rekey:
        state.next_keys[device_id] = secrets.token_bytes(32)
        state.public_key = secrets.token_bytes(32)
        hidden = wrapped(wrap, b"device" + made + n, state.next_keys[device_id])
        fresh = {"wrapped": base64.b64encode(hidden).decode()}
    state.sessions[key_id] = Session(key_id, key, device_id)
    state.opened += 1
    least, most = state.protocol
    grant = {
        "key_id": key_id,
        "wrapped_key": base64.b64encode(wrapped(wrap, made + n + key_id.encode(), key)).decode(),
        "time_milliseconds": int(state.now * 1000),
        "expires_in_seconds": state.life_seconds,
        "overlap_seconds": 60,
        "requests": state.requests,
        "window": 960,
        "limits": {"requests_a_minute": state.requests_a_minute, "body_bytes": 1_048_576},
        "protocol": {"least": least, "most": most},
        "tenant_id": "t1",
        "project_id": None,
        "scopes": ["sync"],
        "bridge": {
            "id": state.bridge_id,
            "public_key": base64.b64encode(state.public_key).decode(),
            "endorsement": None,
        },
        "new_device_key": fresh,
    }
    return _json(201, grant)


# What is answered instead, with nothing done.
_FAULTY: Final[dict[str, tuple[int, dict[str, str], bytes]]] = {
    "fake-success": _json(200, {"count": 99}),
    "fake-stale": _problem(401, "stale"),
    "fake-epoch": _problem(401, "epoch"),
    "fake-revoked": _problem(403, "revoked"),
    "revoked": _problem(403, "revoked"),
    "busy": _problem(503, "unavailable", {"Retry-After": "11"}),
    "busy-long": _problem(503, "unavailable", {"Retry-After": "100000"}),
    "malformed-unproven": _problem(400, "malformed"),
    "too_many_requests": _problem(429, "too_many_requests", {"Retry-After": "13"}),
    "in_progress": _problem(409, "in_progress", {"Retry-After": "3"}),
    "wrong_digest": _problem(400, "wrong_digest"),
    "malformed": _problem(400, "malformed"),
    "not_proven": _problem(401, "not_proven"),
    "out_of_scope": _problem(403, "out_of_scope"),
    "place_not_allowed": _problem(403, "place_not_allowed"),
}


async def signed(request: web.Request) -> web.Response:
    state = request.app[STATE]
    asked = Asked(request.method, request.raw_path, request.host, request.headers, await request.read())
    state.moments.append(state.now)
    claim = claimed(asked)
    if claim is None:
        return _answer(_problem(400, "malformed"))
    session = state.sessions.get(claim.key_id)
    if session is None or not is_signed(asked, claim, session):
        return _answer(_problem(401, "not_proven"))
    session.offered.append(claim.number)
    fault = state.fault("signed")
    if fault == "lose-before":
        raise Lost
    made = _FAULTY.get(fault) or _judged(state, session, claim, asked)
    if fault == "lose-after":
        raise Lost
    status, headers, body = made
    # A liar tells another time too.
    milliseconds = 1 if fault == "fake-stale" else int(state.now * 1000)
    headers = headers | {"Tbx-Time-Milliseconds": str(milliseconds)}
    if fault not in _GOES_WITHOUT_PROOF:
        headers = proven(session, claim, status, headers, body)
    if fault == "wrong-proof":
        headers["Answer-Proof"] = _shown(bytes(32))
    if fault == "wrong-time":
        headers["Tbx-Time-Milliseconds"] = "1"
    if fault == "wrong-body":
        body = body.replace(b"1", b"2")
    return _answer((status, headers, body))


def _judged(state: State, session: Session, claim: Claim, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    refused = _refused(state, session, claim)
    if refused is not None:
        return refused
    if asked.method in {"GET", "HEAD"}:
        return _done(state, session, asked)
    assert asked.idempotency_key is not None
    place = (session.device_id, f"{asked.method} {asked.target.partition('?')[0]}", asked.idempotency_key)
    fingerprint = hashlib.sha256(asked.body).hexdigest() + asked.target.partition("?")[2]
    if place not in state.kept:
        done = _done(state, session, asked)
        state.kept[place] = (fingerprint, done[0], done[2])
        return done
    before, status, body = state.kept[place]
    if before != fingerprint:
        return _problem(422, "idempotency_key_reused")
    return status, {"Content-Type": "application/json", "Idempotency-Replayed": "true"}, body


def _refused(state: State, session: Session, claim: Claim) -> tuple[int, dict[str, str], bytes] | None:
    if abs(claim.created - state.now) > FRESH_SECONDS:
        return _problem(401, "stale")
    if not session.key_id.endswith(state.epoch):
        return _problem(401, "epoch")
    if session.revoked:
        return _problem(403, "revoked")
    if not session.accept(claim.number):
        return _problem(409, "replayed", next=max(session.used) + 1)
    return None


def _done(state: State, session: Session, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    match asked.method, asked.target.partition("?")[0]:
        case "GET", "/v1/session":
            return _json(200, {"device_id": session.device_id, "tenant_id": "t1", "scopes": ["sync"]})
        case "DELETE", "/v1/session":
            session.revoked = True
            return 204, {}, b""
        case "POST", "/v1/effects":
            state.effects.append(asked.body.decode())
            return _json(201, {"count": len(state.effects)})
        case "GET", "/v1/effects":
            return _json(200, {"count": len(state.effects)})
    return _problem(404, "not_found")


async def steer(request: web.Request) -> web.Response:
    """Do what a test asks for, and answer with what it may want to look at."""
    state, wanted = request.app[STATE], await request.json()
    for name in ("epoch", "life_seconds", "requests", "requests_a_minute", "bridge_id"):
        if name in wanted:
            setattr(state, name, wanted[name])
    if "protocol" in wanted:
        state.protocol = (wanted["protocol"][0], wanted["protocol"][1])
    state.now += wanted.get("advance_seconds", 0)
    for where, faults in wanted.get("faults", {}).items():
        state.faults.setdefault(where, []).extend(faults)
    if wanted.get("pairings"):
        for pairing in state.pairings.values():
            pairing.state = wanted["pairings"]
            if pairing.state == "paired" and not pairing.device_id:
                pairing.device_id = f"d{len(state.devices) + 1}"
                state.devices[pairing.device_id] = secrets.token_bytes(32)
    for session in state.sessions.values():
        session.revoked |= wanted.get("end_sessions", False)
        session.used.update(range(1, wanted.get("use_numbers", 0) + 1))
    digits = {name: _digits(key) for name, key in state.devices.items()}
    offered = [number for session in state.sessions.values() for number in session.offered]
    looked = {"digits": digits, "offered": offered, "effects": state.effects, "opened": state.opened}
    named = {"bridge_id": state.bridge_id, "public_key": base64.b64encode(state.public_key).decode()}
    return web.json_response(looked | named | {"moments": state.moments, "texts": state.texts, "now": state.now})


def _digits(key: bytes) -> str:
    return f"{int.from_bytes(mac(device_use(key, 'check'), b'six digits')[:4], 'big') % 1_000_000:06d}"


@web.middleware
async def losing(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    """Break the connection off where a fault says so."""
    try:
        return await handler(request)
    except Lost:
        assert request.transport is not None
        request.transport.abort()
        # What is returned goes nowhere; the client saw the connection end.
        await asyncio.sleep(0)
        return web.Response()


def create_app() -> web.Application:
    """Return the stand-in, with nothing paired and no fault laid."""
    app = web.Application(middlewares=[losing])
    app[STATE] = State()
    app.router.add_post("/v1/pair", pair)
    app.router.add_post("/v1/pair/redeem", redeem)
    app.router.add_post("/v1/challenge", challenge)
    app.router.add_post("/v1/session", open_session)
    app.router.add_post("/test", steer)
    app.router.add_route("*", "/v1/{rest:.*}", signed)
    return app
