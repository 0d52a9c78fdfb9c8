"""`toolboxai tail`: what is said in a channel, as it comes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.bundle.telling import printable
from bridge.cli.failure import warn
from bridge.cli.with_client import device_option, with_client

if TYPE_CHECKING:
    from bridge.client import Client, Event, Message

BEGIN_SECONDS: Final = 30.0
_NO_KEY: Final = "-"
_WHY_RESET: Final = {
    "epoch": "the channel began anew",
    "behind": "they are older than what is kept",
    "ahead": "the place was beyond what there is",
}


@click.command("tail", short_help="Show what is said in a channel, as it comes.")
@click.argument("channel")
@click.option(
    "--from",
    "begin",
    default="latest",
    show_default=True,
    metavar="PLACE",
    help="Where to begin: earliest for all that is kept, latest, or a cursor.",
)
@device_option
@options
@click.pass_obj
def command(asked: Asked, channel: str, begin: str, device: Path) -> None:
    """Follow a channel, and print each message on a line of its own, until Ctrl-C.

    Nothing is left out in silence: where messages are missing, or the bridge is away, a line on stderr says so.

    \b
    Examples:
      toolboxai tail project/01m5x.../01m5y...
      toolboxai tail tenant/01m5x... --from earliest --json | jq .data
      toolboxai tail game/01m5x.../9801 --device ~/device.json
    """

    async def work(client: "Client") -> None:
        from contextlib import aclosing

        try:
            events = client.follow(channel, begin=begin, begin_seconds=BEGIN_SECONDS)
        except ValueError as error:
            raise UsageError(str(error).rstrip(".")) from None
        telling = _Telling(asked)
        async with aclosing(events):
            async for event in events:
                telling.tell(event)

    with_client(device, work)


class _Telling:
    """Messages on stdout; on stderr what a reader has to know of them."""

    def __init__(self, asked: Asked) -> None:
        self._as_json = asked.as_json
        self._is_away = False

    def tell(self, event: "Event") -> None:
        from bridge.client import Coalesced, Live, Message, Reset, Stale

        if self._as_json:
            click.echo(json.dumps(_item(event)))
            return
        match event:
            case Message():
                click.echo(_line(event))
            case Reset(cursor=cursor, reason=reason):
                warn(f"messages before {cursor} are missing: {_WHY_RESET[reason]}")
            case Coalesced(offsets=offsets):
                warn(f"left out, as a later message of the same key comes: {', '.join(map(str, offsets))}")
            case Stale(reason=reason):
                warn(reason.rstrip("."))
            case Live() if self._is_away:
                warn("it is there again, and nothing was lost")
        self._is_away = isinstance(event, Stale) or (self._is_away and isinstance(event, Coalesced))


def _line(message: "Message") -> str:
    at = datetime.fromtimestamp(message.at / 1000, UTC)
    data = json.dumps(message.data, ensure_ascii=False, separators=(",", ":"))
    # What is published is somebody else's text: a terminal must not obey it.
    return printable(f"{at:%Y-%m-%dT%H:%M:%S}.{message.at % 1000:03d}Z  {message.key or _NO_KEY}  {data}")


def _item(event: "Event") -> dict[str, object]:
    """Return it as it came, but for what only the bridge needs."""
    from dataclasses import asdict

    return {"type": type(event).__name__.lower(), **asdict(event)}
