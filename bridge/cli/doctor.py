"""`toolboxai doctor`."""

import json
import os
import sys
import traceback
from collections.abc import Sequence
from functools import partial
from typing import Final

import click

from backend.errors import CheckFailed
from bridge.check_result import CheckResult, Verdict
from bridge.cli.asked import Asked, options

_COLOURS: Final = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@click.command("doctor", short_help="Say what is wrong on this machine and how to mend it.")
@options
@click.pass_context
def command(context: click.Context) -> None:
    """Say what is wrong on this machine and how to mend it.

    Looks at Python, the Rust core, the settings, the data folder, the database, the ports and the limits of the system,
    and changes nothing. Ends with exit code 12 when something must be mended before the bridge can run.

    \b
    Examples:
      toolboxai doctor
      toolboxai doctor --json | jq '.checks[] | select(.verdict != "ok")'
    """
    from bridge.cli.checks.plan import examine

    asked = context.ensure_object(Asked)
    results = examine(os.environ, platform=sys.platform, data_dir=asked.data_dir, broken=partial(_broken, asked))
    passed = all(result.passed for result in results)
    if asked.as_json:
        click.echo(json.dumps({"ok": passed, "checks": [_as_json(result) for result in results]}))
    else:
        click.echo("\n".join([*_lines(results), _summary(results)]), color=_coloured())
    context.exit(0 if passed else CheckFailed.exit_code)


def _broken(asked: Asked, error: Exception) -> None:
    if asked.debug:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)


def _as_json(result: CheckResult) -> dict[str, str]:
    return {"name": result.name, "verdict": result.verdict.value, "seen": result.seen, "cure": result.cure}


def _lines(results: Sequence[CheckResult]) -> list[str]:
    width = max(len(result.name) for result in results)
    lines = []
    for result in results:
        verdict = click.style(f"{result.verdict.value:<4}", fg=_COLOURS[result.verdict])
        lines.append(f"{verdict}  {result.name:<{width}}  {result.seen}")
        if result.cure:
            lines.append(f"{'':<{width + 6}}  to mend it: {result.cure}")
    return lines


def _summary(results: Sequence[CheckResult]) -> str:
    counted = {verdict: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    if counted[Verdict.FAIL]:
        return f"{counted[Verdict.FAIL]} of {len(results)} checks failed: mend them, then run this again."
    if counted[Verdict.WARN]:
        return f"The bridge can run; {counted[Verdict.WARN]} of {len(results)} checks found something to look at."
    return f"All {len(results)} checks are well."


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
