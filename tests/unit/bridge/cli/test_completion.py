"""`toolboxai completion`."""

import pytest

from .conftest import Run

SHELLS = ["bash", "zsh", "fish"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_says_how_to_install_it_and_asks_the_program(shell: str, run: Run) -> None:
    ended = run("completion", shell)

    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith("# To have it in every shell, ")
    assert f"toolboxai completion {shell}" in ended.out.splitlines()[0]
    assert f"_TOOLBOXAI_COMPLETE={shell}_complete" in ended.out


@pytest.mark.parametrize("shell", SHELLS)
def test_the_json_holds_the_script_and_how_to_install_it(shell: str, run: Run) -> None:
    told = run("completion", shell, "--json").told

    assert ["shell", "install", "script"] == list(told)
    assert told["script"] in run("completion", shell).out


def test_another_shell_is_refused_with_those_that_may_be(run: Run) -> None:
    ended = run("completion", "csh")

    assert 2 == ended.code
    assert "'bash', 'zsh', 'fish'" in ended.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("toolboxai se", ["serve", "settings", "sessions"]),
        ("toolboxai outbox r", ["retry"]),
        ("toolboxai outbox list --st", ["--state"]),
        ("toolboxai outbox list --state d", ["done", "dead"]),
        ("toolboxai completion z", ["zsh"]),
    ],
)
def test_the_shell_is_told_what_fits(line: str, expected: list[str], run: Run) -> None:
    ended = run(_TOOLBOXAI_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(line.split()) - 1))

    assert expected == [each.removeprefix("plain,") for each in ended.out.splitlines()]
