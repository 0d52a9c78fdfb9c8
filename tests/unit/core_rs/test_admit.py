"""Signed requests at the gate, as the bridge calls it. Each rule alone is tested in the core's own tests."""

import sys
import time
from typing import Any

import pytest

from core_rs import ONE_CALL_BYTES, Decision, Proven, Waiting
from tests.contract.signing import Session, sign
from tests.unit.core_rs.gatehouse import (
    BRIDGE_ID,
    DEVICE,
    EDIT,
    MASTER,
    PLENTY,
    PUBLISH,
    House,
    forged,
)

NOBODY = ("not_proven", None, 0, None)


@pytest.fixture
def house() -> House:
    return House.new()


def test_a_request_comes_in_once_with_its_principal_and_its_limit(house: House) -> None:
    request = house.signed()
    code, principal, number, limit = house.offer(request)

    assert ("admitted", 1) == (code, number)
    assert principal is DEVICE
    assert isinstance(limit, Decision)
    assert (True, PLENTY, PLENTY - 1) == (limit.admitted, limit.limit, limit.remaining)
    assert ("replayed", DEVICE, 2, None) == house.ask(request)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_that_can_be_signed_comes_in(house: House, method: str) -> None:
    assert "admitted" == house.offer(house.signed(method=method, body=b"", target="/v1/x?a=%20b"))[0]


def test_numbers_may_come_out_of_order_inside_the_window(house: House) -> None:
    for number in (5, 3, 900, 4, 2):
        assert ("admitted", number) == house.offer(house.signed(number))[::2]
    assert ("replayed", DEVICE, 901, None) == house.ask(house.signed(3))
    house.offer(house.signed(2000))
    assert ("replayed", DEVICE, 2001, None) == house.ask(house.signed(6))


def test_a_record_is_loaded_once_and_again_after_a_revocation(house: House) -> None:
    for _ in range(3):
        house.offer(house.signed())
    assert 1 == house.loads

    house.table.revoke()

    assert "admitted" == house.offer(house.signed())[0]
    assert 2 == house.loads


def test_what_waits_for_its_record_says_whose_it_is(house: House) -> None:
    code, waiting, number, limit = house.ask(house.signed())

    assert ("need_record", 0, None) == (code, number, limit)
    assert isinstance(waiting, Waiting)
    assert (house.session.sid, house.session.key_id) == (waiting.sid, waiting.key_id)


def test_a_record_that_was_read_before_a_revocation_is_asked_for_again(house: House) -> None:
    request = house.signed()
    waiting = house.ask(request)[1]
    house.table.revoke()
    verdict = house.gate.admit_body(house.load(waiting), request.body)

    assert "need_record" == verdict[0]
    house.revoked = True
    assert "revoked" == house.gate.admit_body(house.load(verdict[1]), request.body)[0]


def test_a_revoked_session_is_told_so_and_spends_nothing(house: House) -> None:
    house.revoked = True
    assert ("revoked", DEVICE, 0, None) == house.offer(house.signed(1))
    house.revoked = False
    house.table.revoke()
    assert "admitted" == house.offer(house.signed(1))[0]


def test_a_route_is_closed_to_who_lacks_one_of_its_scopes(house: House) -> None:
    request = house.signed()
    assert ("out_of_scope", DEVICE, 0, None) == house.offer(request, scopes=EDIT | PUBLISH)
    assert "admitted" == house.offer(request, scopes=EDIT)[0]


def test_another_body_is_told_and_spends_nothing(house: House) -> None:
    request = house.signed()
    assert ("wrong_digest", DEVICE, 0, None) == house.offer(request, body=b"[]")
    assert "admitted" == house.offer(request)[0]


@pytest.mark.parametrize("seconds", [-61, 62])
def test_a_clock_that_is_off_is_told_with_the_key_that_the_answer_is_signed_with(house: House, seconds: int) -> None:
    request = house.signed(created=int(time.time()) + seconds)

    assert ("stale", house.session.key_id, 0, None) == house.ask(request)
    assert NOBODY == house.ask(forged(request))


@pytest.mark.parametrize("seconds", [-58, 58])
def test_a_clock_that_is_off_by_less_than_a_minute_comes_in(house: House, seconds: int) -> None:
    assert "admitted" == house.offer(house.signed(created=int(time.time()) + seconds))[0]


def test_a_session_without_a_window_and_one_of_another_epoch_are_told_of_the_epoch(house: House) -> None:
    elsewhere = Session(MASTER, BRIDGE_ID, 1, 0, house.session.random, "00000000000000ab")
    never_opened = Session(MASTER, BRIDGE_ID, 1, 0, bytes(16), house.table.epoch)
    for session in (elsewhere, never_opened):
        assert ("epoch", session.key_id, 0, None) == house.ask(house.signed(1, session=session))


def test_strangers_get_one_answer(house: House) -> None:
    request = house.signed()
    unknown = sign(b"guess", Session(MASTER, BRIDGE_ID, 1, 0, bytes(16), house.table.epoch).key_id, **sent())
    version = sign(b"guess", Session(MASTER, BRIDGE_ID, 9, 0, bytes(16), house.table.epoch).key_id, **sent())
    wrong_key = sign(b"guess", house.session.key_id, **sent())

    assert [NOBODY] * 4 == [house.ask(one) for one in (forged(request), unknown, version, wrong_key)]
    assert 0 == house.gate.remembered


def sent() -> dict[str, Any]:
    return {"number": 1, "created": int(time.time())}


def test_a_body_above_the_cap_takes_two_calls(house: House) -> None:
    body = b"x" * (ONE_CALL_BYTES + 1)
    request = house.signed(body=body)
    assert ("too_large", None, 0, None) == house.ask(request)

    proven = house.load(house.head(request)[1])
    code, again, number, limit = house.gate.recheck(proven)

    assert ("proven", 1, None) == (code, number, limit)
    assert isinstance(again, Proven)
    assert again.principal is DEVICE
    assert ("wrong_digest", DEVICE, 0, None) == house.gate.admit_body(again, b"y" * len(body))
    assert ("admitted", DEVICE, 1) == house.gate.admit_body(again, body)[:3]
    assert ("replayed", DEVICE, 2, None) == house.gate.admit_body(again, body)


def test_a_known_session_shows_its_head_in_one_call(house: House) -> None:
    house.offer(house.signed())
    request = house.signed(body=b"large")
    code, proven, number, _ = house.head(request)

    assert ("proven", 2) == (code, number)
    assert ("admitted", DEVICE, 2) == house.gate.admit_body(proven, b"large")[:3]
    assert "out_of_scope" == house.head(house.signed(), scopes=PUBLISH)[0]
    assert NOBODY == house.head(forged(house.signed()))


def test_a_revocation_between_head_and_body_is_noticed(house: House) -> None:
    house.offer(house.signed())
    proven = house.head(house.signed())[1]
    house.table.revoke()

    assert "need_record" == house.gate.admit_body(proven, b"{}")[0]


def test_the_limit_of_an_address_comes_before_the_signature() -> None:
    house = House.new(address=2)
    request = forged(house.signed())
    assert [NOBODY] * 2 == [house.ask(request) for _ in range(2)]
    code, who, number, limit = house.ask(request)

    assert ("address_limited", None, 0) == (code, who, number)
    assert (False, 0, 2) == (limit.admitted, limit.policy, limit.limit)
    assert 0 < limit.retry_after_millis <= 36_001


def test_an_address_is_its_network_and_an_unknown_one_is_one_for_all() -> None:
    house = House.new(address=1)
    request = forged(house.signed())
    for one, other in [("2001:db8::1", "2001:db8::2"), ("192.0.2.1", "::ffff:192.0.2.1"), ("", "unix:")]:
        house.address = one
        assert "not_proven" == house.ask(request)[0]
        house.address = other
        assert "address_limited" == house.ask(request)[0]


@pytest.mark.parametrize("name", ["session", "account", "tenant", "edits"])
def test_each_limit_refuses_and_is_named(name: str) -> None:
    house = House.new(**{name: 2})
    assert ["admitted"] * 2 == [house.offer(house.signed())[0] for _ in range(2)]
    code, who, number, limit = house.ask(house.signed())

    assert ("limited", DEVICE, 0) == (code, who, number)
    assert (False, ("address", "session", "account", "tenant", "edits").index(name)) == (limit.admitted, limit.policy)
    assert 0 < limit.retry_after_millis <= 36_001
    # The number is spent: a client takes a new one.
    assert "replayed" == house.ask(house.signed(house.numbers))[0]


def test_codes_are_the_interned_words() -> None:
    house = House.new()
    codes = [house.offer(house.signed())[0], house.ask(house.signed(1))[0], house.ask(forged(house.signed()))[0]]
    assert ["admitted", "replayed", "not_proven"] == codes
    assert all(code is sys.intern(str(code)) for code in codes)
