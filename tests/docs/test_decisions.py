"""The decisions are numbered without gaps and each says what was decided and what was turned down."""

import re
from pathlib import Path

from tests.docs.pages import DOCS

DECISIONS = sorted((DOCS / "decisions").glob("*.md"))


def test_the_numbers_run_without_gaps() -> None:
    assert DECISIONS
    assert [f"{number:04}" for number in range(1, len(DECISIONS) + 1)] == [path.name[:4] for path in DECISIONS]


def test_the_name_and_the_heading_say_the_decision() -> None:
    for path in DECISIONS:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name), path.name
        assert path.read_text("utf-8").startswith("# "), path.name


def test_a_decision_is_half_a_page() -> None:
    assert [] == [path.name for path in DECISIONS if not 5 <= lines(path) <= 60]


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())
