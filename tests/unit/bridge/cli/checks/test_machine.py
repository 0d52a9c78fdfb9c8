"""The machine: its clock, its limits, its addresses."""

import resource

import pytest

from backend.errors import ClockError
from bridge.check_result import Verdict
from bridge.cli.checks.machine import check_clock, check_ipv6, check_open_files, has_ipv6_loopback, open_files_limit


def test_the_clock_is_shown() -> None:
    assert "2027-01-15 08:00 UTC" == check_clock(1_800_000_000).seen


def test_a_clock_that_was_never_set_is_refused_in_the_words_of_serve() -> None:
    with pytest.raises(ClockError, match="1970-01-01"):
        check_clock(5)


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [(None, Verdict.OK), (1024, Verdict.OK), (1023, Verdict.WARN), (256, Verdict.WARN), (255, Verdict.FAIL)],
)
def test_few_open_files_mean_few_connections(limit: int | None, verdict: Verdict) -> None:
    assert verdict == check_open_files(limit).verdict


def test_the_limit_is_that_of_this_process() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
    try:
        limit = open_files_limit()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert 300 == limit


@pytest.mark.parametrize(
    ("bind", "available", "verdict"),
    [
        (("127.0.0.1", "::1"), True, Verdict.OK),
        (("127.0.0.1", "::1"), False, Verdict.WARN),
        (("127.0.0.1",), False, Verdict.OK),
    ],
)
def test_ipv6_is_missed_only_where_it_is_asked_for(bind: tuple[str, ...], available: bool, verdict: Verdict) -> None:  # noqa: FBT001
    assert verdict == check_ipv6(bind, available=available).verdict


def test_a_machine_without_ipv6_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr("bridge.cli.checks.machine.socket.socket", refuse)

    assert not has_ipv6_loopback()
