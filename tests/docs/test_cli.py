"""docs/cli.md has every command, option and check of the doctor, and README.md every command."""

import sys
from pathlib import Path

import click
import pytest

from bridge.cli.checks.plan import examine
from bridge.cli.root import SUMMARIES
from tests.docs.pages import rows, sections, text
from tests.unit.bridge.cli.test_root import COMMANDS

EVERYWHERE = {"--json", "--debug", "--data-dir", "--help", "-h"}
SUBCOMMANDS = [(words, command) for words, command in COMMANDS if words != "toolboxai"]


@pytest.mark.parametrize(("words", "command"), SUBCOMMANDS)
def test_every_command_has_a_heading_and_every_option_a_row_below_it(words: str, command: click.Command) -> None:
    options = {opt for each in command.params if isinstance(each, click.Option) for opt in each.opts} - EVERYWHERE

    assert options == {name for name in rows(sections("docs/cli.md")[words]) if name.startswith("-")}


def test_no_heading_is_left_of_a_command_that_is_gone() -> None:
    assert len(SUBCOMMANDS) >= 7
    assert {words for words, _ in SUBCOMMANDS} == {
        heading for heading in sections("docs/cli.md") if heading.startswith("toolboxai")
    }


def test_the_options_of_every_command_have_their_rows() -> None:
    assert EVERYWHERE - {"-h"} == {
        name for name in rows(sections("docs/cli.md")["Options of every command"]) if name.startswith("-")
    }


def test_every_check_of_the_doctor_has_a_row(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    environ = {"TOOLBOXAI_DATA_DIR": str(tmp_path / "data"), "TOOLBOXAI_PORT": "0", "TOOLBOXAI_OPS_PORT": "0"}
    made = examine(environ, platform=sys.platform, data_dir=None, broken=lambda _error: None)

    assert [check.name for check in made] == list(rows(sections("docs/cli.md")["toolboxai doctor"]))


def test_the_readme_has_every_command() -> None:
    named = {name.removeprefix("toolboxai ") for name in rows(text("README.md")) if name.startswith("toolboxai ")}

    assert set(SUMMARIES) == named
