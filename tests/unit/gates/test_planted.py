"""The proof of the gates proves something: a gate that stays green, or is red for another reason, fails it."""

from pathlib import Path

import pytest

from gates.faults import Fault, append, replace, write
from gates.planted import main
from gates.step import Step
from tests.unit.gates.conftest import Checkout

NO_BAD_WORD = ("sh", "-c", "grep -rn bad --include=*.txt . && exit 1; exit 0", "words")
WORDS = Step("words", NO_BAD_WORD, "say it otherwise")
BAD_WORD = Fault("a bad word", NO_BAD_WORD, write("new/b.txt", "bad\n"), "b.txt:1:bad")


@pytest.fixture
def root(checkout: Checkout) -> Path:
    return checkout({".gitignore": "target/\n", "a.txt": "good\n"})


def test_a_gate_that_names_the_fault_passes_and_the_tree_stays_as_it_was(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == main([], root=root, faults=[BAD_WORD, BAD_WORD], gates=[WORDS])
    assert "2 faults planted: every gate was green before and red after" in capsys.readouterr().out
    assert not (root / "new").exists()
    assert not (root / "target/planted/tree/new").exists()


def test_a_gate_that_stays_green_fails_the_proof(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blind = Fault("a bad word elsewhere", NO_BAD_WORD, write("b.md", "bad\n"), "bad")

    assert 1 == main([], root=root, faults=[blind], gates=[WORDS])
    assert "a bad word elsewhere: stayed green" in capsys.readouterr().out


def test_a_gate_that_is_red_for_another_reason_fails_the_proof(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = Fault("another", NO_BAD_WORD, append("a.txt", "bad\n"), "b.txt")

    assert 1 == main([], root=root, faults=[other], gates=[WORDS])
    assert "another: was red, but did not say 'b.txt'" in capsys.readouterr().out


def test_a_gate_that_was_red_before_fails_the_proof(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "a.txt").write_text("bad\n")

    assert 1 == main([], root=root, faults=[BAD_WORD], gates=[WORDS])
    assert "is red before anything is planted" in capsys.readouterr().out


def test_a_gate_without_a_fault_fails_the_proof(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = Step("spelling", ("true",), "")

    assert 1 == main([], root=root, faults=[BAD_WORD], gates=[WORDS, more])
    assert "spelling: no fault is planted for it" in capsys.readouterr().out


def test_what_cannot_run_here_is_said_and_does_not_count(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    elsewhere = Fault("on the moon", NO_BAD_WORD, write("b.txt", "bad\n"), "bad", possible=lambda: False)

    assert 1 == main([], root=root, faults=[elsewhere], gates=[WORDS])
    assert "left out on the moon" in capsys.readouterr().out


def test_words_choose_and_choosing_nothing_is_red(root: Path) -> None:
    assert 0 == main(["words"], root=root, faults=[BAD_WORD], gates=[WORDS])
    assert 0 == main(["a bad word"], root=root, faults=[BAD_WORD], gates=[WORDS])
    assert 1 == main(["nothing"], root=root, faults=[BAD_WORD], gates=[WORDS])


def test_a_fault_that_has_lost_its_place_says_so(root: Path) -> None:
    with pytest.raises(LookupError, match="plant another fault"):
        replace("a.txt", "evil", "good")(root)
