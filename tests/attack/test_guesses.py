"""Codes that are tried out: those of devices, those that people type, and the ids of sessions and devices.

The worked number of the field: eight letters of twenty hold for ten minutes only with a limit on guesses.
Guesses at user codes are held by tests/integration/gate/pairing/test_approval.py.
"""

import json
import secrets
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bridge.gate.limits import RULES
from bridge.gate.oneself.routes import SESSION
from tests.attack.house import AttackedHouse, refusal
from tests.gate.device import Answered, Device, in_header, post
from tests.integration.gate.signer import Signer

LAPTOP = {"kind": "studio", "name": "Ada's laptop", "version": "0.1.0"}
(BURST,) = [rule.burst for rule in RULES if rule.name == "pairing"]


async def redeem(house: AttackedHouse, code: str) -> Answered:
    return await post(house.bridge.client, "/v1/pair/redeem", {"device_code": code})


async def test_who_sprays_codes_of_devices_is_stopped_and_learns_nothing(house: AttackedHouse) -> None:
    asked = (await post(house.bridge.client, "/v1/pair", LAPTOP)).json
    code: str = asked["device_code"]
    house.secrets.update({code, asked["user_code"]})
    before = house.rows()
    guesses = [secrets.token_urlsafe(32) for _ in range(BURST - 9)]
    # Those that are nearly right, and the code of a person, are as wrong as all others.
    guesses += [
        code[:-1],
        f"{code}=",
        code.lower(),
        f" {code}",
        asked["user_code"],
        asked["user_code"].replace("-", ""),
    ]

    answers = [await redeem(house, each) for each in guesses]
    rest = [await redeem(house, secrets.token_urlsafe(32)) for _ in range(12)]
    right = await redeem(house, code)

    assert {(410, "pairing_expired", answers[0].json["detail"])} == {
        (each.status, each.code, each.json["detail"]) for each in answers
    }
    assert (429, "too_many_requests") == (rest[-1].status, rest[-1].code)
    # Not even the right one is looked at any more.
    assert (429, "too_many_requests") == (right.status, right.code)
    assert before == house.rows()


async def test_ids_that_are_made_up_are_told_apart_from_no_others(house: AttackedHouse) -> None:
    """An answer that differs for what there is would be a list of what there is."""
    device, signer = await house.device(), await house.signer()
    own = signer.session
    wrong_key = f"tbx=:{'A' * 43}=:"
    sessions = {
        "there": replace(signer.sign("GET", SESSION), signature=wrong_key),
        "not there": Signer(replace(own, random=secrets.token_bytes(16)), house.port).sign("GET", SESSION),
        "of an unknown master key": Signer(replace(own, master_version=9), house.port).sign("GET", SESSION),
        "of another life": Signer(replace(own, epoch="0" * 16), house.port).sign("GET", SESSION),
    }
    sessions["not there"] = replace(sessions["not there"], signature=wrong_key)
    sessions["of another life"] = replace(sessions["of another life"], signature=wrong_key)
    nobody = Device("0" * 26, secrets.token_bytes(32), device.client, device.authority)
    impostor = Device(device.id, secrets.token_bytes(32), device.client, device.authority)

    told = Counter[tuple[object, ...]]()
    for request in sessions.values():
        received = await house.send(request)
        names = tuple(sorted(name for name, _ in received.headers))
        told[*refusal(received), received.json["detail"], names] += 1
    opened = [(await each.open()).answer for each in (nobody, impostor)]

    assert [len(sessions)] == list(told.values())
    assert {(401, "not_proven", opened[0].json["detail"])} == {
        (each.status, each.code, each.json["detail"]) for each in opened
    }
    assert 1 == len({tuple(sorted(each.headers)) for each in opened})
    # A challenge is there for both.
    assert {40} == {len(await each.challenge()) for each in (nobody, impostor)}


def with_another_letter(at: int, right: str) -> str:
    return right[:at] + ("A" if right[at] != "A" else "Q") + right[at + 1 :]


async def test_a_proof_that_is_nearly_right_is_wrong_in_every_letter(house: AttackedHouse) -> None:
    device = await house.device()
    wrong: list[Callable[[str], str]] = [
        *(partial(with_another_letter, at) for at in range(1, 44)),
        # The same bytes in another spelling: of the last letter two bits are nothing.
        lambda right: right[:43] + chr(ord(right[43]) + 1) + right[44:],
        lambda right: right.strip(":"),
        lambda right: f"{right}, {right}",
        lambda right: right.lower(),
        lambda _: "",
        lambda _: in_header(b""),
    ]
    for change in wrong:
        challenge, n = await device.challenge(), device.new_n()
        told = {"device_id": device.id, "n": n, "challenge": b64encode(challenge).decode(), "version": "0.1.0"}
        body = json.dumps(told).encode()
        right = device.proof(challenge, n, device.authority, body)
        refused = (await device.send(challenge, n, body, change(right))).answer
        assert (401, "not_proven") == (refused.status, refused.code), change(right)
    # And the last of them was wrong in nothing else.
    assert 201 == (await device.send(challenge, n, body, right)).answer.status
