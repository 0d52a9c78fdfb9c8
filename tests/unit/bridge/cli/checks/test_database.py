"""What a revision means to this program."""

import pytest

from bridge.check_result import Verdict
from bridge.cli.checks.database import judge


@pytest.mark.parametrize(
    ("found", "verdict", "told"),
    [
        (None, Verdict.OK, "is empty; serve fills it"),
        ("0003", Verdict.OK, "is at 0003"),
        ("0001", Verdict.WARN, "is at 0001, this version needs 0003"),
        ("0004", Verdict.FAIL, "is at 0004, which this version does not know (it needs 0003)"),
    ],
)
def test_a_revision_is_judged_by_those_that_are_known(found: str | None, verdict: Verdict, told: str) -> None:
    result = judge("/srv/x.db", found, ("0001", "0002", "0003"))

    assert (verdict, f"/srv/x.db {told}") == (result.verdict, result.seen)
