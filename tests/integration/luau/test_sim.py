"""The simulator itself: its own tests, and how a script that fails is told."""

import subprocess
from pathlib import Path

import pytest

from tests.integration.luau.conftest import ROOT

pytestmark = pytest.mark.timeout(1800)


def ended(sim: Path, tmp_path: Path, script: str) -> tuple[int, str]:
    (tmp_path / "script.luau").write_text(script, "utf-8")
    words = (sim, tmp_path / "script.luau")
    program = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return program.returncode, program.stdout + program.stderr


def test_its_own_tests_pass(sim: Path) -> None:
    assert sim.exists()
    command = ("cargo", "test", "--quiet", "--locked", "--package", "sim")
    program = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert program.returncode == 0, program.stdout + program.stderr


def test_a_script_that_ends_well_ends_with_0(sim: Path, tmp_path: Path) -> None:
    assert ended(sim, tmp_path, "print('here', os.clock())") == (0, "here\t0\n")


def test_time_passes_only_by_waiting_and_in_the_order_of_moments(sim: Path, tmp_path: Path) -> None:
    script = """
    task.delay(600, function() print("delayed", os.clock()) end)
    task.spawn(function() print(task.wait(5)) print("waited", os.clock()) end)
    task.defer(print, "deferred")
    print("first")
    """
    assert ended(sim, tmp_path, script) == (0, "first\ndeferred\n5\nwaited\t5\ndelayed\t600\n")


def test_a_thread_that_was_cancelled_never_goes_on(sim: Path, tmp_path: Path) -> None:
    script = "local one = task.delay(1, print, 'never') task.cancel(one) task.wait(2) print('end')"
    assert ended(sim, tmp_path, script) == (0, "end\n")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("error('broken')", "broken"),
        ("task.spawn(function() error('broken') end)", "broken"),
        ("task.delay(1, function() error('broken') end)", "broken"),
        ("coroutine.yield()", "waits for what never comes"),
        ("local x = = 1", "Expected"),
        ("game:GetService('Players')", "not a valid Service"),
        ("print(game.Workspace)", "not a valid member of DataModel"),
    ],
)
def test_a_script_that_fails_ends_with_1_and_says_why(sim: Path, tmp_path: Path, script: str, says: str) -> None:
    code, said = ended(sim, tmp_path, script)

    assert code == 1
    assert says in said


def test_a_script_may_name_its_own_end(sim: Path, tmp_path: Path) -> None:
    assert ended(sim, tmp_path, "task.spawn(function() sim.exit(7) end) print('on')") == (7, "on\n")


def test_a_call_without_a_script_ends_with_2(sim: Path) -> None:
    assert subprocess.run((sim,), capture_output=True, check=False).returncode == 2
