"""The files that `toolboxai audit` reads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from backend.errors import CheckFailed, UsageError

if TYPE_CHECKING:
    from backend.accounts.audit.checkpoint import Checkpoint

FILE: Final = click.Path(path_type=Path)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file of ours; what is wrong with its content fails the check."""
    from backend.accounts.audit.exported import NotAnExport

    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    with file:
        try:
            yield file
        except NotAnExport as error:
            raise CheckFailed(f"{path}: {error}") from error


def signed_checkpoints(paths: Sequence[Path], trusted: bytes) -> "dict[str, list[Checkpoint]]":
    """Return the checkpoints in these files by their tenants; one that the trusted key did not sign is refused."""
    from backend.accounts.audit.exported import checkpoints_of

    found: dict[str, list[Checkpoint]] = {}
    for path in paths:
        with opened(path) as file:
            for each in checkpoints_of(file):
                if not each.is_signed_by(trusted):
                    raise CheckFailed(f"{path} has a checkpoint that is not signed with the trusted key")
                found.setdefault(each.tenant_id, []).append(each)
    return found
