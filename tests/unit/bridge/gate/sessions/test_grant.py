"""What a grant is made of, held to the worked bytes of the protocol."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from bridge.gate.sessions.grant import Asked, DeviceKey, Signer, endorsed
from core_rs import ed25519_public_key, ed25519_verify
from tests.contract.make_protocol import VECTORS

FILE: dict[str, Any] = json.loads(Path(VECTORS).read_text("utf-8"))
OPENINGS = FILE["openings"]
GRANTED = [case for case in OPENINGS if "wrap" in case]


def named(case: dict[str, Any]) -> str:
    return str(case["case_text"])


def asked(case: dict[str, Any]) -> Asked:
    return Asked(bytes.fromhex(case["challenge"]), case["n_text"])


def key(case: dict[str, Any]) -> DeviceKey:
    return DeviceKey(bytes.fromhex(case["device_key"]))


@pytest.mark.parametrize("case", OPENINGS, ids=named)
def test_a_right_proof_opens(case: dict[str, Any]) -> None:
    proof = bytes.fromhex(case["session_proof"]["mac"])
    said = case["authority_text"], case["body_text"].encode()
    assert key(case).opens(asked(case), *said, proof)


@pytest.mark.parametrize("case", OPENINGS[:1], ids=named)
def test_a_proof_of_anything_else_opens_nothing(case: dict[str, Any]) -> None:
    proof, right = bytes.fromhex(case["session_proof"]["mac"]), asked(case)
    authority, body = case["authority_text"], case["body_text"].encode()
    others = [
        (DeviceKey(bytes(32)), right, authority, body, proof),
        (key(case), Asked(bytes(40), right.n), authority, body, proof),
        (key(case), Asked(right.challenge, f"{right.n}!"), authority, body, proof),
        (key(case), right, "127.0.0.1:8461", body, proof),
        (key(case), right, authority, body + b" ", proof),
        (key(case), right, authority, body, proof[:-1]),
        (key(case), right, authority, body, b""),
    ]
    assert [False] * len(others) == [one.opens(*rest) for one, *rest in others]


@pytest.mark.parametrize("case", OPENINGS, ids=named)
def test_an_answer_is_proven(case: dict[str, Any]) -> None:
    answer = case["answer"]
    message = asked(case).answer(answer["status"], answer["body_text"].encode())
    assert answer["message"] == message.hex()
    assert answer["proof_text"] == key(case).proof(message)


@pytest.mark.parametrize("case", GRANTED, ids=named)
def test_a_key_is_wrapped(case: dict[str, Any]) -> None:
    wrap = case["wrap"]
    wrapped = key(case).wrapped_session_key(asked(case), wrap["key_id_text"], bytes.fromhex(wrap["key"]))
    assert wrap["wrapped"] == wrapped.hex()


@pytest.mark.parametrize("case", GRANTED, ids=named)
def test_a_grant_is_signed(case: dict[str, Any]) -> None:
    seed = bytes.fromhex(case["grant_seed"])
    signer = Signer(ed25519_public_key(seed), None, None, seed)
    assert case["answer"]["signature_text"] == signer.signature(bytes.fromhex(case["answer"]["message"]))


def test_a_new_device_key_is_wrapped_and_its_grant_key_endorsed() -> None:
    (case,) = (case for case in OPENINGS if "new_device_key" in case)
    new = case["new_device_key"]
    assert new["wrapped"] == key(case).wrapped_device_key(asked(case), bytes.fromhex(new["key"])).hex()
    message = endorsed(bytes.fromhex(FILE["bridge_id"]), bytes.fromhex(case["public_key"]))
    assert case["endorsement"]["message"] == message.hex()
    told = json.loads(case["answer"]["body_text"])["bridge"]["endorsement"]
    assert ed25519_verify(b64decode(told["public_key"]), message, b64decode(told["signature"]))


def test_no_key_shows_itself() -> None:
    secret = bytes(range(32))
    shown = repr((DeviceKey(secret), Signer(b"p", None, None, secret)))
    assert secret.hex() not in shown
    assert repr(secret) not in shown
