"""Our own canonical requests: the file is what its generator makes, and the core agrees with every value in it."""

import json
from base64 import b64encode
from typing import Any

import pytest

from core_rs import (
    Gate,
    Limits,
    MacKey,
    Policy,
    Table,
    device_key,
    device_use,
    session_id,
    session_key,
    session_use,
    sha256,
    wrap_key,
)
from tests.contract.make_requests import BRIDGE_ID, MASTERS, VECTORS, text
from tests.contract.signing import DEVICE_USES, SESSION_USES

FILE: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
REQUESTS = FILE["requests"]


def named(request: dict[str, Any]) -> str:
    return f"{request['method']} {request['target']}"


def test_the_file_is_what_the_generator_makes() -> None:
    assert text() == VECTORS.read_text("utf-8")


def test_the_core_derives_the_same_device_keys() -> None:
    assert 4 == len(FILE["devices"])
    for device in FILE["devices"]:
        master = MASTERS[device["master_version"]]
        key = device_key(master, BRIDGE_ID, bytes.fromhex(device["device_id"]), device["generation"])
        assert device["key"] == key.hex()
        assert [device[use] for use in DEVICE_USES] == [device_use(key, use).hex() for use in DEVICE_USES]


def test_the_core_derives_the_same_session_keys() -> None:
    assert 2 == len(FILE["sessions"])
    for session in FILE["sessions"]:
        version, random = session["master_version"], bytes.fromhex(session["random"])
        assert session["sid"] == session_id(version, session["shard"], random)
        key = session_key(MASTERS[version], BRIDGE_ID, session["key_id"])
        assert session["key"] == key.hex()
        assert [session[use] for use in SESSION_USES] == [session_use(key, use).hex() for use in SESSION_USES]


def test_the_core_wraps_keys_the_same_way() -> None:
    assert 2 == len(FILE["wraps"])
    for case in FILE["wraps"]:
        pad_key, context, key, wrapped = (
            bytes.fromhex(case[name]) for name in ("pad_key", "context", "key", "wrapped")
        )
        assert wrapped == wrap_key(pad_key, context, key)
        assert key == wrap_key(pad_key, context, wrapped)


@pytest.mark.parametrize("request_", REQUESTS, ids=named)
def test_a_request_has_the_digest_and_the_signature_of_the_file(request_: dict[str, Any]) -> None:
    session = next(session for session in FILE["sessions"] if session["key_id"] == request_["key_id"])
    tag = MacKey(bytes.fromhex(session["request"])).mac(request_["signature_base"].encode())

    assert request_["signature"] == f"tbx=:{base64(tag)}:"
    assert request_["content_digest"] == f"sha-256=:{base64(sha256(bytes.fromhex(request_['body'])))}:"


@pytest.fixture(scope="module")
def gate() -> Gate[None]:
    limits = Limits(Table.in_process(), [Policy("any", count=2000, seconds=1, burst=10_000)])
    return Gate(limits, bridge_id=BRIDGE_ID, masters=MASTERS, address="any", session="any", account="any", tenant="any")


@pytest.mark.parametrize("request_", REQUESTS, ids=named)
def test_the_gate_finds_the_mac_right_and_the_time_long_ago(gate: Gate[None], request_: dict[str, Any]) -> None:
    assert ("stale", request_["key_id"], 0, None) == offered(gate, request_, request_["signature"])
    letter = request_["signature"][5]
    changed = request_["signature"].replace(letter, "A" if letter != "A" else "B", 1)
    assert ("not_proven", None, 0, None) == offered(gate, request_, changed)


def offered(gate: Gate[None], request: dict[str, Any], signature: str) -> object:
    fields = {
        "Host": request["host"],
        "Content-Digest": request["content_digest"],
        "Signature-Input": request["signature_input"],
        "Signature": signature,
    }
    if request["idempotency_key"] is not None:
        fields["Idempotency-Key"] = request["idempotency_key"]
    headers = tuple((name.encode(), value.encode()) for name, value in fields.items())
    body = bytes.fromhex(request["body"])
    return gate.admit(gate.demand("any"), "192.0.2.1", request["method"], request["target"], headers, body)


def base64(data: bytes) -> str:
    return b64encode(data).decode()
