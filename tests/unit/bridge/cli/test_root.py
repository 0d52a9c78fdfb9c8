"""The list of commands, and the help that a newcomer reads."""

from importlib import import_module
from pathlib import Path

import click
import pytest

from bridge.cli.lazy_group import LazyGroup
from bridge.cli.root import SUMMARIES, root

from .conftest import Run

PACKAGE = Path(import_module("bridge.cli").__file__ or "").parent


def all_commands() -> list[tuple[str, click.Command]]:
    """Every command by the words that call it."""

    def below(words: str, command: click.Command) -> list[tuple[str, click.Command]]:
        if not isinstance(command, click.Group):
            return [(words, command)]
        context = click.Context(command)
        children = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
        return [
            (words, command),
            *(found for name, each in children if each for found in below(f"{words} {name}", each)),
        ]

    return below("toolboxai", root)


COMMANDS = all_commands()


@pytest.mark.parametrize("words", ["", "--help", "-h"])
def test_the_help_lists_every_command(words: str, run: Run) -> None:
    ended = run(*words.split())

    assert (0, "") == (ended.code, ended.err)
    assert all(f"  {name} " in ended.out and summary in ended.out for name, summary in SUMMARIES.items())


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_line_of_a_command_is_the_same_wherever_it_is_shown(name: str) -> None:
    assert SUMMARIES[name] == import_module(f"bridge.cli.{name}").command.short_help


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("words", [words for words, _command in COMMANDS])
def test_every_command_has_help_with_an_example(words: str, flag: str, run: Run) -> None:
    ended = run(*words.split()[1:], flag)

    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith(f"Usage: {words}")
    assert "Example" in ended.out or "Start here" in ended.out
    assert f"  {words}" in ended.out.partition("\n")[2]


@pytest.mark.parametrize(("words", "command"), [each for each in COMMANDS if not isinstance(each[1], click.Group)])
def test_every_command_takes_the_options_that_all_have(words: str, command: click.Command) -> None:
    options = {option for parameter in command.params for option in parameter.opts}

    assert {"--json", "--debug", "--data-dir"} <= options, words


def test_every_option_has_a_help_text() -> None:
    missing = [
        f"{words} {parameter.opts[0]}"
        for words, command in COMMANDS
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    ]

    assert [] == missing


def test_the_version_can_be_asked_for_without_a_command(run: Run) -> None:
    assert "toolboxai 0." in run("--version").out


def test_a_module_without_a_command_is_a_fault_of_the_program() -> None:
    group = LazyGroup("x", summaries={"asked": "x"})

    with pytest.raises(AttributeError):
        group.get_command(click.Context(group), "asked")
