"""A run of steps goes on after a failure, shows it, and ends red; it cannot end green without a step."""

import sys

import pytest

from gates.step import Step, chosen, finish, in_turn, side_by_side

GOOD = Step("good", (sys.executable, "-c", "print('all is well')"), "nothing")
BAD = Step("bad", (sys.executable, "-c", "import sys; print('what is wrong'); sys.exit(3)"), "mend it")
ABSENT = Step("absent", ("no-such-program",), "install it")


@pytest.mark.parametrize("runner", [in_turn, side_by_side])
def test_every_step_runs_and_every_failure_is_named_with_its_cure(
    runner: object, capfd: pytest.CaptureFixture[str]
) -> None:
    assert callable(runner)
    assert 1 == finish("make x", runner((BAD, ABSENT, GOOD)))

    said = capfd.readouterr().out
    assert "what is wrong" in said
    assert "no-such-program is not on this machine: run `make tools`" in said
    assert "make x: 1 of 3 steps passed" in said
    assert "bad failed; mend it" in said
    assert "absent failed; install it" in said


def test_the_last_line_of_a_good_step_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == finish("make x", side_by_side((GOOD,)))
    assert "all is well" in capsys.readouterr().out


def test_no_step_at_all_is_red() -> None:
    assert 1 == finish("make x", in_turn(()))


def test_steps_are_chosen_by_name_and_an_unknown_name_says_which_there_are() -> None:
    assert [BAD] == chosen((GOOD, BAD), ["bad"])
    assert [GOOD, BAD] == chosen((GOOD, BAD), [])
    with pytest.raises(SystemExit, match="no step is called ugly; there are good, bad"):
        chosen((GOOD, BAD), ["ugly"])


def test_a_step_that_asks_finds_nobody_to_answer() -> None:
    asks = Step("asks", (sys.executable, "-c", "input()"), "do not ask")

    assert 1 == finish("make x", side_by_side((asks,)))
