"""What a stream says at its end, by the error that ended it."""

import pytest

from backend.errors import (
    DatabaseUnavailable,
    EpochEnded,
    InvalidRequest,
    Malformed,
    NotProven,
    Replayed,
    RequestError,
    Revoked,
    ServiceError,
    Stale,
    StoreUnavailable,
    TooManyRequests,
)
from bridge.realtime.transports.ending import bye_code, close_code


@pytest.mark.parametrize(
    ("error", "code", "seconds", "closed"),
    [
        (InvalidRequest("x"), "malformed", 0.0, 4000),
        (Malformed("x"), "malformed", 0.0, 4000),
        (NotProven(), "not_proven", 0.0, 4003),
        (Stale("x"), "stale", 0.0, 4003),
        (EpochEnded("x"), "epoch", 0.0, 4003),
        (Revoked("x"), "revoked", 0.0, 4003),
        (Replayed(5), "replayed", 0.0, 4003),
        (TooManyRequests("x", 7), "reconnect", 7.0, 4012),
        (StoreUnavailable("x"), "reconnect", 1.0, 4012),
        (DatabaseUnavailable("x"), "reconnect", 1.0, 4012),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_error_has_its_word(error: RequestError | ServiceError, code: str, seconds: float, closed: int) -> None:
    assert (code, seconds) == bye_code(error)
    assert closed == close_code(code)


@pytest.mark.parametrize(("code", "closed"), [("slow", 4008), ("expired", 4001), ("reconnect", 4012)])
def test_each_end_has_the_close_code_of_the_protocol(code: str, closed: int) -> None:
    assert closed == close_code(code)
