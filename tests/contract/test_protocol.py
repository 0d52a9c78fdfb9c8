"""The worked bytes of the protocol: the file is what its generator makes, and the core agrees with every value."""

import json
from base64 import b64decode
from typing import Any

import pytest

from bridge.gate.masters import raw_id
from core_rs import (
    MacKey,
    device_key,
    device_use,
    ed25519_public_key,
    ed25519_verify,
    session_key,
    session_use,
    sha256,
    wrap_key,
)
from tests.contract.make_protocol import VECTORS, text

FILE: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
OPENINGS = FILE["openings"]
ANSWERS = FILE["answers"]


def named(case: dict[str, Any]) -> str:
    return str(case.get("case_text", case.get("status")))


def raw(text: str) -> bytes:
    """The bytes between the colons of a header."""
    assert text.startswith(":")
    assert text.endswith(":")
    return b64decode(text[1:-1], validate=True)


def test_the_file_is_what_the_generator_makes() -> None:
    assert text() == VECTORS.read_text("utf-8")


@pytest.mark.parametrize("pairing", FILE["pairings"], ids=lambda pairing: pairing["digits_text"])
def test_the_core_gives_the_same_six_digits(pairing: dict[str, Any]) -> None:
    assert pairing["device_id"] == raw_id(pairing["device_id_text"]).hex()
    master = bytes.fromhex(FILE["masters"][str(pairing["master_version"])])
    device = device_key(
        master, bytes.fromhex(FILE["bridge_id"]), bytes.fromhex(pairing["device_id"]), pairing["generation"]
    )
    assert pairing["device_key"] == device.hex()
    told = MacKey(device_use(device, "check")).mac(b"six digits")
    assert pairing["digits_text"] == f"{int.from_bytes(told[:4]) % 1_000_000:06d}"


def test_one_of_the_six_digits_begins_with_a_zero() -> None:
    assert any(pairing["digits_text"].startswith("0") for pairing in FILE["pairings"])


@pytest.mark.parametrize("case", OPENINGS, ids=named)
def test_the_core_proves_the_same_opening(case: dict[str, Any]) -> None:
    device = bytes.fromhex(case["device_key"])
    nonce = bytes.fromhex(case["challenge"]) + case["n_text"].encode()
    proof = raw(case["session_proof"]["header_text"])
    message = b"\n".join([nonce, case["authority_text"].encode(), sha256(case["body_text"].encode())])
    assert case["session_proof"]["message"] == message.hex()
    assert MacKey(device_use(device, "open")).verify(message, proof)


@pytest.mark.parametrize("case", OPENINGS, ids=named)
def test_the_core_proves_the_same_answer_to_an_opening(case: dict[str, Any]) -> None:
    device, answer = bytes.fromhex(case["device_key"]), case["answer"]
    nonce = bytes.fromhex(case["challenge"]) + case["n_text"].encode()
    message = b"\n".join([nonce, str(answer["status"]).encode(), sha256(answer["body_text"].encode())])
    assert answer["message"] == message.hex()
    assert MacKey(device_use(device, "grant")).verify(message, raw(answer["proof_text"]))


@pytest.mark.parametrize("case", [case for case in OPENINGS if "wrap" in case], ids=named)
def test_the_core_grants_the_same_keys(case: dict[str, Any]) -> None:
    device, wrap, body = bytes.fromhex(case["device_key"]), case["wrap"], json.loads(case["answer"]["body_text"])
    nonce = bytes.fromhex(case["challenge"]) + case["n_text"].encode()
    pad_key = device_use(device, "wrap")
    shown = wrap_key(pad_key, nonce + body["key_id"].encode(), b64decode(body["wrapped_key"]))
    assert wrap["key"] == shown.hex()
    version = str(b64decode(body["key_id"][:4] + "==", altchars=b"-_")[0])
    master, bridge_id = bytes.fromhex(FILE["masters"][version]), bytes.fromhex(FILE["bridge_id"])
    assert wrap["key"] == session_key(master, bridge_id, body["key_id"]).hex()
    seed = bytes.fromhex(case["grant_seed"])
    assert case["public_key"] == ed25519_public_key(seed).hex()
    message = bytes.fromhex(case["answer"]["message"])
    assert ed25519_verify(ed25519_public_key(seed), message, raw(case["answer"]["signature_text"]))


def test_the_core_gives_the_same_new_device_key_and_endorsement() -> None:
    (case,) = (case for case in OPENINGS if "new_device_key" in case)
    body = json.loads(case["answer"]["body_text"])
    nonce = bytes.fromhex(case["challenge"]) + case["n_text"].encode()
    pad_key = device_use(bytes.fromhex(case["device_key"]), "wrap")
    shown = wrap_key(pad_key, b"device" + nonce, b64decode(body["new_device_key"]["wrapped"]))
    assert case["new_device_key"]["key"] == shown.hex()
    told = body["bridge"]["endorsement"]
    message = b"tbx1 grant key" + bytes.fromhex(FILE["bridge_id"]) + b64decode(body["bridge"]["public_key"])
    assert case["endorsement"]["message"] == message.hex()
    assert ed25519_verify(b64decode(told["public_key"]), message, b64decode(told["signature"]))


@pytest.mark.parametrize("answer", ANSWERS, ids=named)
def test_the_core_proves_the_same_answer_to_a_request(answer: dict[str, Any]) -> None:
    key = bytes.fromhex(answer["key"])
    assert answer["answer_key"] == session_use(key, "answer").hex()
    lines = ["toolboxai-answer-1", str(answer["status"]), *answer["fields"].values(), answer["request_signature_text"]]
    assert answer["base_text"] == "\n".join(lines)
    assert MacKey(session_use(key, "answer")).verify(answer["base_text"].encode(), raw(answer["header_text"]))


@pytest.mark.parametrize("signed", FILE["requests"], ids=lambda signed: signed["method"])
def test_the_core_signs_the_same_request(signed: dict[str, Any]) -> None:
    key = session_use(bytes.fromhex(signed["key"]), "request")
    assert signed["request_key"] == key.hex()
    signature = raw(signed["headers"]["Signature"].removeprefix("tbx="))
    assert MacKey(key).verify(signed["base_text"].encode(), signature)
