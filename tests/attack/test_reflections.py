"""What proves one thing is offered as the proof of another: keys, MACs and secrets that cross over.

Whoever listens has every value that ever went over the wire, and whoever holds one key may try it everywhere.
"""

import hashlib
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace

import orjson

from bridge.gate.tickets.routes import TICKETS
from tests.attack.house import NOTE, AttackedHouse, WatchedSigner, refusal
from tests.contract.signing import DEVICE_USES, SESSION_USES, mac, sign
from tests.gate.device import Answered, Device, Sent, in_header, post
from tests.integration.web.wire import request
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import FOREIGN

NOT_PROVEN = (401, "not_proven")


async def opened(house: AttackedHouse, tenant_id: str | None = None) -> tuple[Device, Sent, WatchedSigner]:
    device = await house.device(*(() if tenant_id is None else (tenant_id,)))
    sent = await device.open()
    return device, sent, house.opened(sent)


def keys_of(device: Device, signer: WatchedSigner) -> Mapping[str, bytes]:
    """Every key that a device and its session have, and two that everybody has."""
    named = {"of the device": device.key, "of the session": signer.session.key, "none": b"", "one": bytes([1] * 32)}
    named |= {f"of the device, {name}": device.use(name) for name in DEVICE_USES}
    return named | {f"of the session, {name}": signer.session.use(name) for name in SESSION_USES}


def opening(device: Device, challenge: bytes, n: str) -> tuple[bytes, bytes]:
    """Return the body of an opening, and what a device proves of it."""
    told = {"device_id": device.id, "n": n, "challenge": b64encode(challenge).decode(), "version": "0.1.0"}
    body = json.dumps(told).encode()
    return body, b"\n".join((challenge + n.encode(), device.authority.encode(), hashlib.sha256(body).digest()))


async def test_a_request_is_signed_with_the_key_for_requests_alone(house: AttackedHouse) -> None:
    device, _, signer = await opened(house)
    right, before = signer.session.use("request"), house.rows()
    wrong = {name: key for name, key in keys_of(device, signer).items() if key != right}

    said = {}
    for name, key in wrong.items():
        where = {"method": "POST", "target": NOTES, "host": house.authority, "body": NOTE}
        forged = sign(key, signer.session.key_id, number=1, created=int(time.time()), **where)  # type: ignore[arg-type]
        said[name] = refusal(await house.send(forged))

    assert dict.fromkeys(wrong, NOT_PROVEN) == said
    assert 10 == len(wrong)
    assert before == house.rows()


async def test_an_opening_is_proven_with_the_key_to_open_alone(house: AttackedHouse) -> None:
    device, _, signer = await opened(house)
    right, before = device.use("open"), house.rows()
    wrong = {name: key for name, key in keys_of(device, signer).items() if key != right}

    said = {}
    for name, key in wrong.items():
        challenge, n = await device.challenge(), device.new_n()
        body, message = opening(device, challenge, n)
        sent = await device.send(challenge, n, body, in_header(mac(key, message)))
        assert "Grant-Proof" not in sent.answer.headers
        said[name] = sent.answer.status, sent.answer.code

    assert dict.fromkeys(wrong, NOT_PROVEN) == said
    assert 10 == len(wrong)
    assert before == house.rows()


async def test_no_proof_that_went_over_the_wire_is_another(house: AttackedHouse) -> None:
    device, sent, signer = await opened(house)
    asked = signer.sign("POST", NOTES, NOTE)
    answered = await house.send(asked)
    ticketed = await house.send(
        signer.sign("POST", TICKETS, orjson.dumps({"method": "GET", "path": "/v1/blobs/1"})),
    )
    granted = sent.answer.json
    heard = {
        "the proof of an opening": sent.proof,
        "the proof of its grant": sent.answer.headers["Grant-Proof"],
        "the proof of an answer": answered.header("Answer-Proof") or "",
        "the signature of a request": asked.signature.removeprefix("tbx="),
        "the key as it was hidden": f":{granted['wrapped_key']}:",
        "the digest of a body": asked.content_digest.removeprefix("sha-256="),
        "half of a signature of the bridge": in_header(b64decode(sent.answer.headers["Grant-Signature"][1:-1])[:32]),
        "a challenge": in_header(sent.challenge[:32]),
        "a ticket": in_header(hashlib.sha256(ticketed.json["ticket"].encode()).digest()),
    }
    house.secrets.update({*heard.values(), ticketed.json["ticket"]} - {heard["the digest of a body"]})
    before = house.rows()

    as_signatures, as_proofs = {}, {}
    for name, tag in heard.items():
        forged = replace(signer.sign("POST", NOTES, NOTE), signature=f"tbx={tag}")
        as_signatures[name] = refusal(await house.send(forged))
        challenge, n = await device.challenge(), device.new_n()
        body, _ = opening(device, challenge, n)
        answer = (await device.send(challenge, n, body, tag)).answer
        as_proofs[name] = answer.status, answer.code

    assert dict.fromkeys(heard, NOT_PROVEN) == as_signatures
    assert dict.fromkeys(heard, NOT_PROVEN) == as_proofs
    assert before == house.rows()


async def test_no_secret_of_one_door_opens_another(house: AttackedHouse) -> None:
    device, sent, signer = await opened(house)
    ticketed = await house.send(
        signer.sign("POST", TICKETS, orjson.dumps({"method": "GET", "path": NOTES})),
    )
    ticket, key_id = ticketed.json["ticket"], sent.answer.json["key_id"]
    client = house.bridge.client
    asked = await post(client, "/v1/pair", {"kind": "studio", "name": "Ada's laptop", "version": "0.1.0"})
    device_code, user_code = asked.json["device_code"], asked.json["user_code"]
    house.secrets.update({ticket, device_code, user_code})
    before = house.rows()
    bearers = (ticket, device_code, user_code, key_id, b64encode(device.key).decode(), f"tbx_game_{device_code}")

    for each in bearers:
        for path in (NOTES, "/v1/session", "/api/v1/tenants", "/api/v1/me"):
            data = request(house.port, path, headers=f"Authorization: Bearer {each}\nCookie: signin={each}")
            assert (await house.ask(data)).status in {400, 401}, path
        game = {"n": "some text 1", "universe_id": 1, "place_id": 1, "version": "0.1.0"}
        assert (403, "insecure") == told(await post(client, "/v1/session/game", game, Authorization=f"Bearer {each}"))
    for code in (ticket[:43], user_code, key_id, b64encode(device.key).decode()[:43]):
        assert (410, "pairing_expired") == told(await post(client, "/v1/pair/redeem", {"device_code": code}))
    # A ticket in the query of what it is not for: these routes take none at all.
    assert (await house.ask(request(house.port, f"{NOTES}?ticket={ticket}"))).status in {400, 401}

    assert before == house.rows()
    assert [] == house.told_too_much()


def told(answer: Answered) -> tuple[int, str | None]:
    return answer.status, answer.code


async def test_a_session_of_one_school_is_nothing_in_another(house: AttackedHouse) -> None:
    _, _, ours = await opened(house)
    _, _, theirs = await opened(house, FOREIGN)
    assert [201, 201] == [(await house.leave_note(each)).status for each in (ours, theirs)]

    shown = [(await house.send(each.sign("GET", NOTES))).json["notes"] for each in (ours, theirs)]
    # The id of the other's session under one's own key, and the other way round.
    mixed = [
        replace(one.sign("GET", NOTES), signature_input=other.sign("GET", NOTES).signature_input)
        for one, other in ((ours, theirs), (theirs, ours))
    ]

    assert [1, 1] == [len(each) for each in shown]
    assert shown[0] != shown[1]
    assert [NOT_PROVEN] * 2 == [refusal(await house.send(each)) for each in mixed]


async def test_an_opening_that_is_sent_again_whole_opens_nothing(house: AttackedHouse) -> None:
    device, sent, _ = await opened(house)
    before = house.rows()

    again = await device.send(sent.challenge, sent.n, sent.body, sent.proof)

    assert NOT_PROVEN == (again.answer.status, again.answer.code)
    # That it was the device is still true, so it may believe that it was refused.
    assert device.believes(again)
    assert before == house.rows()


def changed(challenge: bytes, *, at: int) -> bytes:
    return challenge[:at] + bytes([challenge[at] ^ 1]) + challenge[at + 1 :]


async def test_who_chooses_the_challenge_gets_nothing_that_opens(house: AttackedHouse) -> None:
    """A squatter hands out one of the bridge's for another device, or one of its own, and passes the proof on."""
    device, other = await house.device(), await house.device()
    chosen = {
        "of another device": await other.challenge(),
        "zeros": bytes(40),
        "of another length": bytes(39),
        "another mark": changed(await device.challenge(), at=39),
        "other chance": changed(await device.challenge(), at=20),
        "another time": b"\1" + (9_999_999_999_999).to_bytes(7) + (await device.challenge())[8:],
        "another version": b"\2" + (await device.challenge())[1:],
        "none": b"",
    }
    before = house.rows()

    said = {}
    for name, challenge in chosen.items():
        answer = (await device.open(challenge)).answer
        said[name] = answer.status, answer.code

    assert (
        dict.fromkeys(chosen, NOT_PROVEN)
        | {
            "of another length": (400, "invalid_request"),
            "none": (400, "invalid_request"),
        }
        == said
    )
    assert before == house.rows()
