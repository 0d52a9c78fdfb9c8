"""Root may do everything, so what it is refused has to be tried as somebody else."""

import os
from collections.abc import Callable
from typing import Final

from backend.errors import OperatorError

_NOBODY: Final = 65534
ORDINARY_ACCOUNT: Final = _NOBODY if os.geteuid() == 0 else os.geteuid()


def as_ordinary_account(action: Callable[[], None]) -> str:
    """Return the sentence of the OperatorError that the action ends in, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)
            action()
        except OperatorError as error:
            os.write(writing, error.sentence.encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told.decode()
