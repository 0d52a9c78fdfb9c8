"""The table of docs/protocol.md, section 5: what is done with each answer, proven or not."""

import json

import pytest

from bridge.client.advice import Advice, Step, advise, problem_of
from bridge.client.answers import Answer


def advised(status: int, code: str | None, *, is_proven: bool, retry_after: str | None = None) -> Advice:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    answer = Answer(status, headers, b"" if code is None else json.dumps({"code": code}).encode())
    return advise(answer, problem_of(answer), is_proven=is_proven)


@pytest.mark.parametrize(
    ("status", "code", "proven", "unproven"),
    [
        (200, None, Step.DONE, Step.LOST),
        (304, None, Step.DONE, Step.LOST),
        (302, None, Step.LOST, Step.LOST),
        (400, "malformed", Step.STOP, Step.STOP),
        (401, "not_proven", Step.NEW_SESSION, Step.NEW_SESSION),
        (401, "stale", Step.LEARN_TIME, Step.LOST),
        (401, "epoch", Step.NEW_SESSION, Step.LOST),
        (403, "revoked", Step.ENDED, Step.LOST),
        (403, "out_of_scope", Step.STOP, Step.LOST),
        (403, "place_not_allowed", Step.STOP, Step.LOST),
        (409, "replayed", Step.JUMP, Step.LOST),
        (409, "in_progress", Step.LATER, Step.LOST),
        (409, "conflict", Step.STOP, Step.LOST),
        (422, "idempotency_key_reused", Step.STOP, Step.LOST),
        (400, "wrong_digest", Step.AGAIN, Step.LOST),
        (429, "too_many_requests", Step.LATER, Step.LATER),
        (429, "too_many_sessions", Step.LATER, Step.LATER),
        (503, "unavailable", Step.LATER, Step.LATER),
        (500, "internal", Step.STOP, Step.LOST),
        (502, None, Step.LOST, Step.LOST),
        (504, None, Step.LOST, Step.LOST),
    ],
)
def test_what_is_done_with_an_answer(status: int, code: str | None, proven: Step, unproven: Step) -> None:
    assert proven == advised(status, code, is_proven=True).step
    assert unproven == advised(status, code, is_proven=False).step


def test_a_proven_bridge_may_ask_for_any_wait_and_nobody_else_for_more_than_a_minute() -> None:
    assert 3600 == advised(503, "unavailable", is_proven=True, retry_after="3600").wait_seconds
    assert 60 == advised(503, "unavailable", is_proven=False, retry_after="3600").wait_seconds


@pytest.mark.parametrize("retry_after", ["-1", "soon", "1e9", "", "٣", "9" * 400])
def test_a_wait_that_is_no_number_of_seconds_is_none(retry_after: str) -> None:
    assert 0 == advised(503, "unavailable", is_proven=True, retry_after=retry_after).wait_seconds
