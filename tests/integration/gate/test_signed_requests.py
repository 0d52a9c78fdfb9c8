"""Signed requests on a real socket: each verdict of the gate as a client meets it."""

import time
from typing import Any
from uuid import uuid4

import orjson
import pytest

from backend.web.problem import CONTENT_TYPE
from core_rs import ONE_CALL_BYTES
from tests.contract.signing import Session, Signed
from tests.integration.gate.house import House
from tests.integration.gate.signer import REPLAYED, Signer, is_proven, send, written
from tests.integration.web.wire import Received, Wire, connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import FOREIGN, SCHOOL

NOTE = orjson.dumps({"text": "three words here"})


def refusal(received: Received) -> tuple[int, str]:
    assert CONTENT_TYPE == received.header("Content-Type")
    return received.status, received.json["code"]


async def test_a_note_is_left_in_the_tenant_of_the_session_and_shown_there_alone(each_house: House) -> None:
    ours = await each_house.signer(place_id=77)
    theirs = await each_house.signer(tenant_id=FOREIGN)
    async with connected(each_house.bridge.port) as wire:
        left = await send(wire, ours.sign("POST", NOTES, NOTE))
        assert (201, 77, 16) == (left.status, left.json["place_id"], left.json["letters"])

        shown = [(await send(wire, each.sign("GET", f"{NOTES}?limit=3"))).json["notes"] for each in (ours, theirs)]

    assert [[left.json], []] == shown


async def test_every_answer_after_a_right_mac_is_proven_and_tells_the_time(house: House, wire: Wire) -> None:
    signer = await house.signer()
    for request in (
        signer.sign("POST", NOTES, NOTE),
        signer.sign("GET", NOTES),
        signer.sign("HEAD", NOTES),
        signer.sign("POST", NOTES, orjson.dumps({"text": ""})),
        signer.sign("POST", NOTES, b"{"),
        signer.sign("GET", f"{NOTES}?unknown=1"),
        signer.sign("GET", NOTES, b"a body"),
    ):
        received = await send(wire, request)
        assert is_proven(signer.session, request, received), received
        assert abs(int(received.header("Tbx-Time-Milliseconds") or 0) / 1000 - time.time()) < 60


async def test_a_request_whose_answer_was_lost_is_sent_again_under_its_key_with_a_new_number(house: House) -> None:
    signer = await house.signer()
    key = str(uuid4())
    first = signer.sign("POST", NOTES, NOTE, idempotency_key=key)
    async with connected(house.bridge.port) as lost:
        await lost.send(written(first))
        await lost.receive()  # and nobody is told of it

    async with connected(house.bridge.port) as wire:
        again = signer.sign("POST", NOTES, NOTE, idempotency_key=key)
        repeated = await send(wire, again)
        other = await send(wire, signer.sign("POST", NOTES, orjson.dumps({"text": "other"}), idempotency_key=key))
        notes = (await send(wire, signer.sign("GET", NOTES))).json["notes"]

    assert (201, "true") == (repeated.status, repeated.header(REPLAYED))
    assert is_proven(signer.session, again, repeated)
    assert (422, "idempotency_key_reused") == refusal(other)
    assert [repeated.json] == notes


async def test_a_new_session_of_the_same_device_repeats_what_the_old_one_did(house: House, wire: Wire) -> None:
    holder, key = "d" * 26, str(uuid4())
    old, new = [await house.signer(holder_id=holder) for _ in range(2)]
    stranger = await house.signer()

    answers = [await send(wire, each.sign("POST", NOTES, NOTE, idempotency_key=key)) for each in (old, new, stranger)]

    assert [None, "true", None] == [each.header(REPLAYED) for each in answers]


async def test_a_replay_is_told_the_next_number(house: House, wire: Wire) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE, number=40)
    assert 201 == (await send(wire, request)).status

    received = await send(wire, request)

    assert (409, "replayed") == refusal(received)
    assert 41 == received.json["next"]
    assert is_proven(signer.session, request, received)
    assert 201 == (await send(wire, signer.sign("POST", NOTES, NOTE, number=received.json["next"]))).status


def _with_other_key(signer: Signer) -> Signed:
    own = signer.session
    other = Session(bytes(32), own.bridge_id, own.master_version, own.shard, own.random, own.epoch)
    return Signer(other, signer.port).sign("POST", NOTES, NOTE)


async def test_a_wrong_mac_an_unknown_session_and_an_unknown_version_get_one_answer(house: House, wire: Wire) -> None:
    signer = await house.signer()
    own = signer.session
    unknown = Session(own.master, own.bridge_id, 200, own.shard, own.random, own.epoch)

    answers = [
        await send(wire, _with_other_key(signer)),
        await send(wire, Signer(unknown, signer.port).sign("POST", NOTES, NOTE)),
    ]

    assert {(401, "not_proven")} == {refusal(each) for each in answers}
    assert 1 == len(
        {(each.json["detail"], each.header("Answer-Proof"), each.header("Content-Digest")) for each in answers}
    )
    assert {None} == {each.header("Tbx-Time-Milliseconds") for each in answers}
    # Nothing was spent by them.
    assert 201 == (await send(wire, signer.sign("POST", NOTES, NOTE, number=1))).status


async def test_a_clock_that_is_off_is_told_the_time(house: House, wire: Wire) -> None:
    signer = await house.signer()
    for off in (-120, 120):
        request = signer.sign("POST", NOTES, NOTE, created=int(time.time()) + off)
        received = await send(wire, request)
        assert (401, "stale") == refusal(received)
        assert is_proven(signer.session, request, received)


async def test_a_session_without_a_window_or_without_a_record_has_ended(house: House, wire: Wire) -> None:
    without_window = await house.signer(with_window=False)
    without_record = Signer(Session(*_parts(without_window.session, random=bytes(16))), house.bridge.port)
    await house.gate.store.open_window(without_record.session.random, life_seconds=900)

    for signer in (without_window, without_record):
        request = signer.sign("POST", NOTES, NOTE)
        received = await send(wire, request)
        assert (401, "epoch") == refusal(received)
        assert is_proven(signer.session, request, received)


def _parts(session: Session, *, random: bytes) -> tuple[Any, ...]:
    return session.master, session.bridge_id, session.master_version, session.shard, random, session.epoch


async def test_a_withdrawn_session_is_refused_with_its_next_request(house: House, wire: Wire) -> None:
    signer = await house.signer()
    assert 201 == (await send(wire, signer.sign("POST", NOTES, NOTE))).status

    await house.revoke(signer.session)

    request = signer.sign("POST", NOTES, NOTE)
    received = await send(wire, request)
    assert (403, "revoked") == refusal(received)
    assert is_proven(signer.session, request, received)


async def test_the_sessions_of_a_suspended_tenant_are_refused_until_it_goes_on(house: House, wire: Wire) -> None:
    signer = await house.signer()
    assert 200 == (await send(wire, signer.sign("GET", NOTES))).status

    await house.change_tenant(SCHOOL, "suspended")
    assert (403, "revoked") == refusal(await send(wire, signer.sign("GET", NOTES)))

    await house.change_tenant(SCHOOL, "active")
    assert 200 == (await send(wire, signer.sign("GET", NOTES))).status


async def test_a_scope_that_the_session_lacks_is_named(house: House, wire: Wire) -> None:
    signer = await house.signer(scopes=("read", "publish"))
    request = signer.sign("POST", NOTES, NOTE)
    received = await send(wire, request)

    assert (403, "out_of_scope") == refusal(received)
    assert is_proven(signer.session, request, received)


async def test_a_body_that_was_changed_on_its_way_is_refused_and_may_be_sent_again(house: House, wire: Wire) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE)
    await wire.send(written(request).replace(b"three", b"seven"))
    received = await wire.receive()

    assert (400, "wrong_digest") == refusal(received)
    assert is_proven(signer.session, request, received)
    assert 201 == (await send(wire, request)).status


@pytest.mark.parametrize(
    ("leave_out", "add"),
    [
        (("Content-Digest",), ()),
        (("Signature",), ()),
        (("Signature-Input",), ()),
        (("Idempotency-Key",), ()),
        ((), ("Signature: tbx=:AAAA:",)),
        ((), ("Content-Digest: sha-256=:AAAA:",)),
        ((), ("Content-Encoding: gzip",)),
        ((), ("Idempotency-Key: 0123456789abcdef",)),
    ],
)
async def test_what_is_missing_doubled_or_encoded_is_malformed_and_answered_without_a_proof(
    house: House, wire: Wire, leave_out: tuple[str, ...], add: tuple[str, ...]
) -> None:
    signer = await house.signer()
    received = await send(wire, signer.sign("POST", NOTES, NOTE), leave_out=leave_out, add=add)

    assert (400, "malformed") == refusal(received)
    assert received.header("Answer-Proof") is None


async def test_chunks_are_malformed(house: House, wire: Wire) -> None:
    request = (await house.signer()).sign("POST", NOTES, NOTE)
    head = written(request, leave_out=("Content-Length",), add=("Transfer-Encoding: chunked",)).removesuffix(NOTE)
    await wire.send(head + f"{len(NOTE):x}\r\n".encode() + NOTE + b"\r\n0\r\n\r\n")

    assert (400, "malformed") == refusal(await wire.receive())


async def test_a_target_in_the_absolute_form_is_refused(house: House, wire: Wire) -> None:
    signer = await house.signer()
    request = signer.sign("GET", NOTES)
    absolute = f"GET http://127.0.0.1:{signer.port}{NOTES} ".encode()
    await wire.send(written(request).replace(f"GET {NOTES} ".encode(), absolute))

    assert (400, "invalid_request") == refusal(await wire.receive())


async def test_two_hosts_are_refused(house: House, wire: Wire) -> None:
    request = (await house.signer()).sign("GET", NOTES)
    await wire.send(written(request, add=("Host: 127.0.0.1",)))

    assert 400 == (await wire.receive()).status


async def test_a_large_body_is_read_once_its_head_is_proven(house: House, wire: Wire) -> None:
    signer = await house.signer()
    for letters in (ONE_CALL_BYTES - 11, ONE_CALL_BYTES, 2_000_000):
        request = signer.sign("POST", NOTES, orjson.dumps({"text": "x" * letters}))
        received = await send(wire, request)
        assert (201, letters) == (received.status, received.json["letters"])
        assert is_proven(signer.session, request, received)


async def test_no_byte_of_a_body_is_waited_for_before_the_head_is_proven(house: House) -> None:
    signer = await house.signer()
    async with connected(house.bridge.port) as wire:
        # The body never comes.
        await wire.send(written(_with_other_key(signer)).removesuffix(NOTE))

        assert (401, "not_proven") == refusal(await wire.receive())
        assert await wire.is_closed_by_the_other_side()
    assert 0 == house.gate.meter.unproven_bytes


async def test_a_body_that_comes_after_its_head_is_taken(house: House, wire: Wire) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE)
    await wire.send(written(request, add=("Expect: 100-continue",)).removesuffix(NOTE))
    assert 100 == (await wire.receive()).status
    await wire.send(NOTE)

    assert 201 == (await wire.receive()).status


async def test_a_body_beyond_the_limit_of_its_route_is_refused_before_anything_is_looked_at(
    house: House, wire: Wire
) -> None:
    signer = await house.signer()
    head = written(signer.sign("POST", NOTES, NOTE), leave_out=("Content-Length",), add=("Content-Length: 4194305",))
    await wire.send(head.removesuffix(NOTE))

    assert (413, "too_large") == refusal(await wire.receive())
    assert {} == house.gate.meter.verdicts


async def test_a_record_is_read_once_and_again_after_a_withdrawal_of_anybodys(house: House, wire: Wire) -> None:
    signer, other = [await house.signer() for _ in range(2)]
    for _ in range(3):
        assert 200 == (await send(wire, signer.sign("GET", NOTES))).status
    assert 1 == house.gate.meter.record_loads

    await house.revoke(other.session)

    assert 200 == (await send(wire, signer.sign("GET", NOTES))).status
    assert 2 == house.gate.meter.record_loads


async def test_a_key_that_is_too_short_is_refused_though_it_is_signed(house: House, wire: Wire) -> None:
    signer = await house.signer()
    received = await send(wire, signer.sign("POST", NOTES, NOTE, idempotency_key="short"))

    assert (400, "malformed") == refusal(received)
