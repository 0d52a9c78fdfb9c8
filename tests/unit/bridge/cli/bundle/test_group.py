"""The commands of `toolboxai bundle`."""

from importlib import import_module

import pytest

from bridge.cli.bundle.group import SUMMARIES
from tests.unit.bridge.cli.conftest import Run


@pytest.mark.parametrize("name", SUMMARIES)
def test_the_line_of_a_command_is_the_same_wherever_it_is_shown(name: str) -> None:
    assert SUMMARIES[name] == import_module(f"bridge.cli.bundle.{name}").command.short_help


def test_a_name_that_is_nearly_right_is_recognised(run: Run) -> None:
    refused = run("bundle", "unpak")

    assert 2 == refused.code
    assert "toolboxai: no such command 'unpak'; did you mean one of 'pack', 'unpack'?\n" == refused.err
