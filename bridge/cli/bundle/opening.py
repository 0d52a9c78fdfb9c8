"""The bundles that a command line names."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from core_rs import Bundle

_Command = TypeVar("_Command", bound=Callable[..., Any])

FILE: Final = click.Path(path_type=Path)
# Only unpacking writes as much as a bundle says it holds; whatever else is done with one costs what is in the file.
NO_CAP: Final = 2**64 - 1


def takes_bases(command: _Command) -> _Command:
    """Let a command take earlier bundles that the one it reads builds on."""
    option = click.option(
        "--base",
        "bases",
        type=FILE,
        multiple=True,
        metavar="BUNDLE",
        help="An earlier bundle that it builds on; may be given more than once.",
    )
    return option(command)


def open_bundle(path: Path, *, most_bytes: int = NO_CAP) -> "Bundle":
    """Open the bundle at `path`, whose files may add up to `most_bytes`."""
    from core_rs import Bundle

    return Bundle.open(path, most_unpacked_bytes=most_bytes)


def open_all(paths: Sequence[Path]) -> list["Bundle"]:
    return [open_bundle(path) for path in paths]
