"""What the core refuses, as an error with an exit code."""

import errno

import pytest

from backend.errors import CheckFailed, DiskFull, FilesError, OperatorError, UsageError
from bridge.cli.bundle.refusals import refusals
from core_rs import BundleDamaged, CoreError, FileChanged, FileFailed, NotABundle, TargetExists


def failed(number: int | None) -> FileFailed:
    error = FileFailed("cannot write x: why")
    error.errno = number
    return error


@pytest.mark.parametrize(
    ("error", "told", "sentence"),
    [
        (failed(errno.ENOSPC), DiskFull, "cannot write x: why: free some space, then try again"),
        (failed(errno.EDQUOT), DiskFull, "cannot write x: why: free some space, then try again"),
        (failed(errno.ENOENT), UsageError, "cannot write x: why"),
        (failed(None), UsageError, "cannot write x: why"),
        (failed(errno.EACCES), FilesError, "cannot write x: why"),
        (failed(errno.EIO), FilesError, "cannot write x: why"),
        (FileChanged("x changed"), FilesError, "x changed"),
        (TargetExists("x is there"), UsageError, "x is there"),
        (BundleDamaged("x is damaged"), CheckFailed, "x is damaged: fetch or pack it again"),
        (NotABundle("x is none"), CheckFailed, "x is none"),
        (CoreError("planted"), CheckFailed, "planted: do something"),
    ],
)
def test_each_has_its_error_and_its_cure(error: CoreError, told: type[OperatorError], sentence: str) -> None:
    with pytest.raises(told) as caught, refusals(CoreError="do something"):
        raise error

    assert told is type(caught.value)
    assert sentence == caught.value.sentence
    assert error is caught.value.__cause__


def test_what_is_no_refusal_passes() -> None:
    with pytest.raises(LookupError), refusals():
        raise LookupError
