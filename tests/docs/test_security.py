"""docs/security.md names tests that are there, and leaves no attack out."""

import re

from gates.tree import ROOT
from tests.docs.pages import sections, text

PAGE = "docs/security.md"
TESTS = ROOT / "tests"
_NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
_DEFINED = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


def test_every_test_that_is_named_is_there() -> None:
    named = _NAMED.findall(text(PAGE))
    gone = [f"{path}::{name}" for path, name in named if name not in defined(path)]

    assert len(named) > 60
    assert [] == gone


def test_every_attack_is_named() -> None:
    attacks = {
        (path.relative_to(TESTS).as_posix(), name)
        for path in (TESTS / "attack").glob("test_*.py")
        for name in _DEFINED.findall(path.read_text("utf-8"))
    }

    assert len(attacks) > 30
    assert set() == attacks - set(_NAMED.findall(text(PAGE)))


def test_every_row_has_a_test() -> None:
    tables = [line for line in text(PAGE).splitlines() if line.startswith("| ") and not line.startswith("| threat |")]
    rows = [line for line in tables if not line.startswith(("|---", "| bug |"))]

    assert len(rows) > 50
    assert [] == [row for row in rows if not _NAMED.search(row)]


def test_each_numbered_bug_of_others_has_its_row() -> None:
    rows = re.findall(r"^\| (\d+): ", sections(PAGE)["Bugs of others"], re.MULTILINE)

    assert [str(number) for number in range(1, 13)] == rows


def defined(path: str) -> set[str]:
    file = TESTS / path
    return set(_DEFINED.findall(file.read_text("utf-8"))) if file.exists() else set()
