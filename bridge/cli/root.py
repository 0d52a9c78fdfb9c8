"""The `toolboxai` command: its commands, in the order in which a newcomer needs them."""

from typing import Final

import click

from bridge.cli.asked import options
from bridge.cli.lazy_group import CONTEXT_SETTINGS, LazyGroup

SUMMARIES: Final = {
    "serve": "Start the bridge and keep it running.",
    "doctor": "Say what is wrong on this machine and how to mend it.",
    "settings": "Show every setting, its value and where it came from.",
    "migrate": "Bring the database to the form that this version needs.",
    "tenants": "List, create, suspend and delete districts and schools.",
    "people": "List, invite and suspend people, and make links for them.",
    "pair": "Let a Studio install or a daemon in, by the code that it shows.",
    "devices": "List and end the Studio installs and daemons that were let in.",
    "tail": "Show what is said in a channel, as it comes.",
    "sessions": "Show what devices and game servers have open, and end it.",
    "signins": "Show where somebody is signed in, and sign them out.",
    "apikeys": "List, make, replace and end the API keys of a tenant.",
    "gamekeys": "List, make, replace and end the keys of game servers.",
    "keys": "Show, replace and check the master keys.",
    "demo": "Fill an empty database with two schools to try things with.",
    "outbox": "Show work that waits for its turn, or retry what failed.",
    "erasures": "Take away everything that is kept of somebody.",
    "audit": "Check the audit trail, or write it to a signed file.",
    "init": "Begin a project for a place, a plugin or a model.",
    "build": "Build a project into a place, a model or a plugin.",
    "sourcemap": "Write which file makes which instance, for editors.",
    "tree": "Show what a project becomes, and what is wrong with it.",
    "bundle": "Pack a folder into one file, check it, unpack it.",
    "version": "Show the versions of the program and of its parts.",
    "completion": "Print a script that completes commands in your shell.",
}


def _show_version(context: click.Context, _parameter: click.Parameter, asked_for: bool) -> None:  # noqa: FBT001
    if asked_for and not context.resilient_parsing:
        from bridge.cli.version import program_version

        click.echo(f"toolboxai {program_version()}")
        context.exit()


@click.group(cls=LazyGroup, summaries=SUMMARIES, context_settings=CONTEXT_SETTINGS, invoke_without_command=True)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@options
@click.pass_context
def root(context: click.Context) -> None:
    """ToolboxAI Bridge: puts lessons into Roblox and brings the results back.

    \b
    Start here:
      toolboxai serve          then open http://localhost:8460/api/v1/about
      toolboxai doctor         if something does not work

    Settings come from TOOLBOXAI_* variables and from toolboxai-server.toml in the data folder;
    "toolboxai settings" shows them all. Every command has its own --help.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
