"""Where the command line begins and ends: every way to fail becomes one line and an exit code here."""

import contextlib
import errno
import os
import re
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Final

import click

from backend.errors import DiskFull, OperatorError
from backend.errors import UsageError as WrongUsage
from bridge.cli import failure
from bridge.cli.asked import Asked
from bridge.cli.root import root

PROGRAM: Final = "toolboxai"
COMPLETE_VARIABLE: Final = "_TOOLBOXAI_COMPLETE"

UNEXPECTED: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130  # 128 + SIGINT, as a shell reports it
PIPE_CLOSED: Final = 141  # 128 + SIGPIPE
# click puts several of them in parentheses.
_NEAR_MISSES: Final = re.compile(r"\. \(Did you mean one of: (.*\?)\)$")
_NO_SPACE: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no reason to fail
    code = None
    try:
        code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where what is wrong with it can still be told
    except BrokenPipeError:
        _forget_stdout()
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        _forget_stdout()
        if code:
            return code  # told already; this is the rest of the same answer
        # Not even the answer could be written, so stderr has to do, whatever form was asked for.
        return _tell(Asked(), error)
    return code


def _run(words: list[str]) -> int:
    if COMPLETE_VARIABLE in os.environ:
        return _complete(os.environ[COMPLETE_VARIABLE])
    try:
        # A copy, because parsing empties the list.
        with root.make_context(PROGRAM, list(words), obj=Asked()) as context:
            root.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  # the boundary of the command line
        return _tell(Asked.seen_in(words), error)
    return 0


def _tell(asked: Asked, error: Exception) -> int:
    told = _for_people(error)
    return failure.tell(asked, told, told.exit_code if isinstance(told, OperatorError) else UNEXPECTED)


def _complete(instruction: str) -> int:
    from click.shell_completion import shell_complete

    return shell_complete(root, {}, PROGRAM, COMPLETE_VARIABLE, instruction)


def _for_people(error: Exception) -> Exception:
    """Return the error as one of ours where there is a sentence for it."""
    told: OperatorError
    if isinstance(error, click.ClickException):
        told = WrongUsage(_usage_sentence(error))
    elif isinstance(error, OSError) and error.errno in _NO_SPACE:
        where = f" of {error.filename}" if isinstance(error.filename, str) else ""
        told = DiskFull(f"no space is left on the disk{where}: free some, then try again")
    else:
        return error
    told.__cause__ = error
    return told


def _usage_sentence(error: click.ClickException) -> str:
    sentence = " ".join(error.format_message().split()).rstrip(".").replace(". Did you mean", "; did you mean")
    sentence = _NEAR_MISSES.sub(r"; did you mean one of \1", sentence)
    sentence = sentence[:1].lower() + sentence[1:]
    if sentence.endswith("?"):
        return sentence
    context = getattr(error, "ctx", None)
    path = context.command_path if isinstance(context, click.Context) else PROGRAM
    return f'{sentence}; "{path} --help" tells what may be written'


def _forget_stdout() -> None:
    """Let the flush at the end of the interpreter go nowhere, or it would complain about the closed pipe."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
