"""The worked bytes of docs/protocol.md: the client derives, signs and proves the same."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bridge.client.address import BridgeAddress
from bridge.client.answers import Answer, is_proven
from bridge.client.device import Device
from bridge.client.encoding import between_colons
from bridge.client.errors import NotTheBridge
from bridge.client.keys import DeviceKeys, SessionKeys
from bridge.client.opening import Opening, Whereabouts
from bridge.client.signing import Request, Signer
from core_rs import MacKey, ed25519_public_key, session_use
from tests.contract.make_protocol import VECTORS
from tests.contract.make_requests import VECTORS as REQUESTS

FILE: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
SIGNED: dict[str, Any] = json.loads(REQUESTS.read_text("utf-8"))
OPENINGS = FILE["openings"]
GRANTED = [opening for opening in OPENINGS if "wrap" in opening]


def case(opening: dict[str, Any]) -> str:
    return str(opening["case_text"])


def of(opening: dict[str, Any]) -> tuple[Device, Answer]:
    """Return the device that opens, with the key that it pinned, and the answer that it gets."""
    asked = json.loads(opening["body_text"])
    seed = opening.get("endorsement", {}).get("previous_seed", opening.get("grant_seed", "00" * 32))
    device = Device(
        bridge=BridgeAddress("http", opening["authority_text"]),
        device_id=asked["device_id"],
        key=bytes.fromhex(opening["device_key"]),
        tenant_id="",
        project_id=None,
        scopes=(),
        bridge_id=FILE["bridge_id"],
        bridge_public_key=ed25519_public_key(bytes.fromhex(seed)),
    )
    told = opening["answer"]
    headers = {"grant-proof": told["proof_text"], "grant-signature": told.get("signature_text", "")}
    return device, Answer(told["status"], headers, told["body_text"].encode())


def begun(opening: dict[str, Any], device: Device, monkeypatch: pytest.MonkeyPatch) -> Opening:
    monkeypatch.setattr("bridge.client.opening.new_n", lambda: opening["n_text"])
    asked = json.loads(opening["body_text"])
    named = {name: asked.get(name) for name in ("version", "place_id", "universe_id", "job")}
    begun = Opening(device, Whereabouts(**named))
    challenge = Answer(200, {}, json.dumps({"challenge": opening["challenge_base64"]}).encode())
    request, headers = begun.session_request(challenge)
    assert opening["body_text"].encode() == request.body
    assert {"Session-Proof": opening["session_proof"]["header_text"]} == headers
    return begun


@pytest.mark.parametrize("pairing", FILE["pairings"], ids=lambda each: each["digits_text"])
def test_the_six_digits_are_the_same(pairing: dict[str, Any]) -> None:
    keys = DeviceKeys(bytes.fromhex(pairing["device_key"]))

    assert pairing["digits_text"] == keys.six_digits()
    assert keys.digits_are_right(f" {pairing['digits_text'][:3]} {pairing['digits_text'][3:]} ")
    assert not keys.digits_are_right(f"{(int(pairing['digits_text']) + 1) % 1_000_000:06d}")
    assert not keys.digits_are_right("")


@pytest.mark.parametrize("opening", GRANTED, ids=case)
def test_a_grant_is_proven_and_gives_the_same_keys(opening: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    device, answer = of(opening)
    one = begun(opening, device, monkeypatch)

    assert one.is_proven(answer)
    opened = one.granted(answer)

    assert (opening["wrap"]["key_id_text"], opening["wrap"]["key"]) == (opened.grant.key_id, opened.grant.key.hex())
    renewed = opening.get("new_device_key", {}).get("key", opening["device_key"])
    assert replace(device, key=bytes.fromhex(renewed), bridge_public_key=bytes.fromhex(opening["public_key"])) == (
        opened.device
    )


@pytest.mark.parametrize("opening", OPENINGS, ids=case)
def test_an_answer_to_an_opening_is_proven_in_every_byte(
    opening: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    device, answer = of(opening)
    one = begun(opening, device, monkeypatch)

    assert one.is_proven(answer)
    assert not one.is_proven(replace(answer, status=answer.status + 1))
    assert not one.is_proven(replace(answer, body=answer.body + b" "))
    assert not one.is_proven(replace(answer, headers={}))
    assert not one.is_proven(replace(answer, headers={"grant-proof": between_colons(bytes(32))}))


@pytest.mark.parametrize("opening", GRANTED, ids=case)
def test_a_grant_that_another_key_signed_is_not_taken(opening: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    device, answer = of(opening)
    one = begun(opening, device, monkeypatch)
    forged = {**answer.headers, "grant-signature": between_colons(bytes(64))}

    with pytest.raises(NotTheBridge, match="not signed with the key that it names"):
        one.granted(replace(answer, headers=forged))


@pytest.mark.parametrize("told", FILE["answers"], ids=lambda each: str(each["status"]))
def test_a_proven_answer_is_proven_in_every_line(told: dict[str, Any]) -> None:
    key = MacKey(session_use(bytes.fromhex(told["key"]), "answer"))
    headers = {name.lower(): value for name, value in told["fields"].items() if value}
    headers["answer-proof"] = told["header_text"]
    answer = Answer(told["status"], headers, told["body_text"].encode())
    signature = told["request_signature_text"]

    assert is_proven(answer, key, signature)
    assert not is_proven(answer, key, signature[:-2] + "A=")
    assert not is_proven(replace(answer, status=answer.status + 1), key, signature)
    assert not is_proven(replace(answer, body=answer.body + b" "), key, signature)
    for name in told["fields"]:
        changed = {**headers, name.lower(): headers.get(name.lower(), "") + "1"}
        assert not is_proven(replace(answer, headers=changed), key, signature), name


@pytest.mark.parametrize("told", SIGNED["requests"], ids=lambda each: f"{each['method']} {each['target']}")
def test_a_request_is_signed_with_the_same_bytes(told: dict[str, Any]) -> None:
    session = next(each for each in SIGNED["sessions"] if each["key_id"] == told["key_id"])
    signer = Signer(SessionKeys.of(bytes.fromhex(session["key"])).request, told["key_id"], told["host"].lower())
    request = Request(
        told["method"], told["target"], bytes.fromhex(told["body"]), "text/plain", told["idempotency_key"]
    )

    head = signer.sign(request, number=told["number"], created=told["created"])

    assert (told["content_digest"], told["signature_input"], told["signature"]) == tuple(
        head.headers[name] for name in ("Content-Digest", "Signature-Input", "Signature")
    )
