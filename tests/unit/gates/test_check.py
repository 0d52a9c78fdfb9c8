"""`make check` and `make test` run what they list, the tools first, and are red when one of it is."""

import sys

import pytest

from gates import check, run_tests
from gates.step import Step
from gates.tools import TOOLS_STEP

GOOD = Step("good", (sys.executable, "-c", ""), "")
BAD = Step("bad", (sys.executable, "-c", "raise SystemExit(1)"), "mend it")
TOOLS = Step("tools", (sys.executable, "-c", "print('tools are there')"), "")


def test_check_looks_for_the_tools_first(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(check, "TOOLS_STEP", TOOLS)
    monkeypatch.setattr(check, "GATES", (GOOD,))

    assert 0 == check.main([])
    said = capfd.readouterr().out
    assert said.index("tools are there") < said.index("good")
    assert "make check: 2 of 2 steps passed" in said


def test_check_is_red_when_one_gate_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(check, "TOOLS_STEP", TOOLS)
    monkeypatch.setattr(check, "GATES", (BAD, GOOD))

    assert 1 == check.main([])
    assert "bad failed; mend it" in capsys.readouterr().out


def test_a_gate_can_be_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "GATES", (BAD, GOOD))

    assert 0 == check.main(["good"])


def test_tests_are_red_when_one_step_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_tests, "BEFORE", (GOOD,))
    monkeypatch.setattr(run_tests, "TESTS", (BAD,))
    monkeypatch.setattr(run_tests, "STEPS", (GOOD, BAD))
    assert 1 == run_tests.main([])

    assert 0 == run_tests.main(["good"])


def test_tests_look_for_the_tools_first() -> None:
    assert TOOLS_STEP == run_tests.STEPS[0]


def test_no_two_steps_have_one_name() -> None:
    names = [step.name for step in (*check.GATES, *run_tests.STEPS)]

    assert sorted(set(names)) == sorted(names)
