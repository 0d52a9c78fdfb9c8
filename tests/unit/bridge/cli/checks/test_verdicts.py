"""One broken check hides no other."""

import pytest

from backend.errors import DatabaseUnavailable, PortTaken
from bridge.check_result import CheckResult, Verdict
from bridge.cli.checks.verdicts import attempt, bad, doubtful, good


def no_break(error: Exception) -> None:
    pytest.fail(f"the check broke: {error!r}")


def raising(error: Exception) -> CheckResult:
    raise error


def test_a_result_that_is_well_passes_unchanged() -> None:
    assert good("x", "well") == attempt("x", lambda: good("x", "well"), no_break)


def test_a_sentence_for_people_is_parted_into_what_is_wrong_and_the_cure() -> None:
    found = attempt("port", lambda: raising(PortTaken("port 1 is taken: choose another")), no_break)

    assert bad("port", "port 1 is taken", "choose another") == found


def test_a_service_that_is_away_is_a_finding() -> None:
    assert bad("database", "it is away", "") == attempt(
        "database", lambda: raising(DatabaseUnavailable("it is away")), no_break
    )


def test_a_check_that_breaks_is_a_finding_named_by_the_type_and_handed_on() -> None:
    broken: list[Exception] = []
    found = attempt("x", lambda: raising(ValueError("sesame")), broken.append)

    assert (Verdict.FAIL, "the check itself broke (ValueError)") == (found.verdict, found.seen)
    assert ["sesame"] == [str(error) for error in broken]


def test_only_a_failure_does_not_pass() -> None:
    assert [True, True, False] == [good("x", "").passed, doubtful("x", "", "").passed, bad("x", "", "").passed]
