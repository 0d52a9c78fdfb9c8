"""`toolboxai completion`."""

import json
from typing import Final

import click

from bridge.cli.asked import Asked, options

_INSTALL: Final = {
    "bash": 'add this line to ~/.bashrc:  eval "$(toolboxai completion bash)"',
    "zsh": 'add this line to ~/.zshrc, after compinit:  eval "$(toolboxai completion zsh)"',
    "fish": "run this once:  toolboxai completion fish > ~/.config/fish/completions/toolboxai.fish",
}


@click.command("completion", short_help="Print a script that completes commands in your shell.")
@click.argument("shell", type=click.Choice(list(_INSTALL)))
@options
@click.pass_obj
def command(asked: Asked, shell: str) -> None:
    """Print a script that completes commands and options in your shell.

    \b
    Examples:
      eval "$(toolboxai completion bash)"      in ~/.bashrc
      eval "$(toolboxai completion zsh)"       in ~/.zshrc
      toolboxai completion fish > ~/.config/fish/completions/toolboxai.fish
    """
    script = _script(shell)
    if asked.as_json:
        click.echo(json.dumps({"shell": shell, "install": _INSTALL[shell], "script": script}))
        return
    click.echo(f"# To have it in every shell, {_INSTALL[shell]}\n{script}", nl=False)


def _script(shell: str) -> str:
    from click.shell_completion import get_completion_class

    from bridge.cli.entry import COMPLETE_VARIABLE, PROGRAM
    from bridge.cli.root import root

    kind = get_completion_class(shell)
    if kind is None:
        raise LookupError(f"click knows no completion for {shell}")
    complete = kind(root, {}, PROGRAM, COMPLETE_VARIABLE)
    # Not `source()`: for bash that starts a bash to ask for its version, and warns on stdout of nothing that matters.
    return complete.source_template % complete.source_vars()
