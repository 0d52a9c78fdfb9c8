"""How far a long command is: a line that is written over on a terminal, and nothing anywhere else."""

import sys
from types import TracebackType
from typing import Self

import click

from bridge.cli.asked import Asked

_CLEAR_LINE = "\r\x1b[K"
_MEGABYTE = 1_000_000


class Shown:
    """Shows what the core tells of its progress, on stderr, and clears it away at the end."""

    def __init__(self, doing: str, *, asked: Asked) -> None:
        self._doing = doing
        self._written = False
        self._wanted = sys.stderr is not None and sys.stderr.isatty() and not asked.as_json

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._written:
            click.echo(_CLEAR_LINE, err=True, nl=False)

    def counted(self, done: int, things: str) -> None:
        """Take how many there were so far of what has no known end."""
        if self._wanted:
            self._written = True
            click.echo(f"{_CLEAR_LINE}{self._doing}: {done:,} {things}", err=True, nl=False)

    def progress(self, done_bytes: int, total_bytes: int, done_files: int) -> None:
        """Take the core's numbers; it calls this at most ten times a second."""
        if not self._wanted:
            return
        self._written = True
        how_far = "looking"  # how much there is to do is not known yet
        if total_bytes:
            done, total = done_bytes // _MEGABYTE, total_bytes // _MEGABYTE
            how_far = f"{done_bytes / total_bytes:4.0%}, {done:,} of {total:,} MB, {done_files:,} files"
        click.echo(f"{_CLEAR_LINE}{self._doing}: {how_far}", err=True, nl=False)
