"""How a failure is told: one line on stderr, or one JSON object on stdout."""

import json
import traceback

import click

from backend.errors import ToolboxError
from bridge.cli.asked import Asked


def tell(asked: Asked, error: Exception, exit_code: int) -> int:
    """Say what went wrong in the form that was asked for, and return the exit code."""
    if asked.debug:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    sentences = _sentences(error)
    if asked.as_json:
        code = error.code if isinstance(error, ToolboxError) else "unexpected"
        told = {"code": code, "exit_code": exit_code, "message": "; ".join(sentences), "faults": sentences}
        # What a program can use beside the sentences.
        told |= getattr(error, "facts", {})
        click.echo(json.dumps({"error": told}))
        return exit_code
    for sentence in sentences:
        click.echo(f"toolboxai: {sentence}", err=True)
    return exit_code


def warn(sentence: str) -> None:
    """Say on stderr what is no failure yet; stdout stays what the command answers."""
    click.echo(f"toolboxai: warning: {sentence}", err=True)


def _sentences(error: Exception) -> list[str]:
    """Return one line for each thing that is wrong; only settings can be wrong in several ways at once."""
    if not isinstance(error, ToolboxError):
        # Its own text is not for this place: it may repeat a value that must not be seen.
        return [f"something unexpected happened ({type(error).__name__}); run it again with --debug to see where"]
    faults = getattr(error, "faults", ())
    return [" ".join(each.split()) for each in faults or (error.sentence,)]
