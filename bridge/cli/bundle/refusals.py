"""What the core refuses, as an error with an exit code and the way out."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from backend.errors import CheckFailed, DiskFull, FilesError, OperatorError, UsageError

if TYPE_CHECKING:
    from core_rs import CoreError

_NO_SPACE: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
# Whoever typed the name can mend it.
_WRONG_NAME: Final = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, None}
_CURES: Final = {
    "BaseMissing": "name it with --base",
    "BundleDamaged": "fetch or pack it again",
}


@contextmanager
def refusals(**cures: str) -> Iterator[None]:
    """Raise an error for people where the core raises one; `cures` are ways out by the name of its class."""
    from core_rs import CoreError

    try:
        yield
    except CoreError as error:
        raise _for_people(error, {**_CURES, **cures}) from error


def _for_people(error: "CoreError", cures: dict[str, str]) -> OperatorError:
    from core_rs import FileChanged, FileFailed, NoSuchFile, TargetExists

    sentence = str(error)
    if isinstance(error, FileFailed):
        if error.errno in _NO_SPACE:
            return DiskFull(f"{sentence}: free some space, then try again")
        return UsageError(sentence) if error.errno in _WRONG_NAME else FilesError(sentence)
    if isinstance(error, FileChanged):
        return FilesError(sentence)
    if isinstance(error, NoSuchFile | TargetExists):
        return UsageError(sentence)
    cure = cures.get(type(error).__name__)
    return CheckFailed(f"{sentence}: {cure}" if cure else sentence)
