"""A group whose commands are imported when they are used, so that `--help` costs nothing."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click

CONTEXT_SETTINGS: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    def __init__(self, *args: Any, summaries: Mapping[str, str], package: str = "bridge.cli", **kwargs: Any) -> None:
        """Take the line of help of each command; the command is `command` in the module of its name in `package`."""
        super().__init__(*args, **kwargs)
        self._summaries = summaries
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self._summaries:
            return None
        command = import_module(f"{self._package}.{cmd_name.replace('-', '_')}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"{self._package}.{cmd_name}.command is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand:
            # click looks for near misses in a table that is empty here.
            raise click.NoSuchCommand(args[0], possibilities=self._summaries, ctx=ctx) from None
