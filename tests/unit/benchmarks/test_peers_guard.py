"""The guard of the servers that we are compared with is no easier to pass than it says."""

import dataclasses
from typing import Any

import pytest

from tests.benchmarks.peers.guard import WINDOW, Guard, Refused
from tests.contract.signing import Session, Signed, sign

CREATED = 1_700_000_000
SESSION = Session(bytes(32), bytes(16), 1, 0, bytes(range(16)), "00000000000000ab")


def guard(wall: float = CREATED) -> Guard:
    return Guard({SESSION.key_id: SESSION.key}, wall=lambda: wall)


def signed(number: int = 1, **changed: Any) -> Signed:
    values: dict[str, Any] = {"created": CREATED, "target": "/v1/total?a=1", "body": b"{}"} | changed
    return sign(SESSION.use("request"), SESSION.key_id, number=number, **values)


def check(guard: Guard, request: Signed) -> None:
    path, _, query = request.target.partition("?")
    headers = {name.decode().lower(): value.decode() for name, value in request.headers}
    guard.check(request.method, path, query, headers, request.body)


def refusal(guard: Guard, request: Signed) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        check(guard, request)
    return refused.value.status, refused.value.code


def test_what_is_signed_is_let_in_and_each_number_once() -> None:
    house = guard()
    check(house, signed(1))
    check(house, signed(2))

    assert (409, "replayed") == refusal(house, signed(1))


def test_a_number_that_is_too_old_to_tell_is_refused() -> None:
    house = guard()
    check(house, signed(WINDOW + 1))

    assert (409, "replayed") == refusal(house, signed(1))


def test_what_was_changed_on_its_way_is_refused() -> None:
    request = signed()
    for changed in (
        dataclasses.replace(request, method="PUT"),
        dataclasses.replace(request, target="/v1/total?a=2"),
        dataclasses.replace(request, target="/v1/other?a=1"),
    ):
        assert (401, "not_proven") == refusal(guard(), changed)
    assert (400, "wrong_digest") == refusal(guard(), dataclasses.replace(request, body=b"[]"))


def test_a_time_that_is_too_far_away_is_refused_either_way() -> None:
    check(guard(CREATED + 60), signed())
    check(guard(CREATED - 60), signed())

    assert (401, "stale") == refusal(guard(CREATED + 61), signed())
    assert (401, "stale") == refusal(guard(CREATED - 61), signed())


def test_who_has_no_session_here_is_refused() -> None:
    stranger = dataclasses.replace(SESSION, random=bytes(16))
    request = sign(stranger.use("request"), stranger.key_id, number=1, created=CREATED)

    assert (401, "not_proven") == refusal(guard(), request)


def test_what_is_not_signed_is_refused() -> None:
    assert (400, "malformed") == refusal(guard(), dataclasses.replace(signed(), signature_input="tbx=()"))
