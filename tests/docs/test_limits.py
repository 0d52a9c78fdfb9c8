"""docs/limits.md has every rate limit with its numbers, and no other."""

from bridge.gate.limits import RULES
from tests.docs.pages import rows, text


def test_every_limit_has_a_row_with_its_numbers() -> None:
    expected = {
        rule.name: [
            str(rule.counted),
            str(rule.burst),
            f"{rule.count} in {rule.seconds} s",
            "yes" if rule.may_shadow else "no",
        ]
        for rule in RULES
    }

    assert expected == {name: cells[1:] for name, cells in rows(text("docs/limits.md")).items()}
