"""What may be asked to be followed, and from where on."""

import re
from typing import Final

from bridge.client.fields import FieldWrong
from bridge.client.following.cursor import EARLIEST, LATEST, read_cursor

STATE_PATH: Final = "/v1/state"
# Its letters stand in a query as they are.
_CHANNEL: Final = re.compile(r"[a-z]+(/[0-9A-Za-z_-]{1,64}){1,4}")


def check_channel(channel: str) -> None:
    if _CHANNEL.fullmatch(channel) is None:
        raise ValueError("A channel is named as in tenant/<id>, project/<id>/<id> or game/<id>/<id>.")


def check_begin(begin: str) -> None:
    if begin in {EARLIEST, LATEST}:
        return
    try:
        read_cursor(begin)
    except FieldWrong:
        raise ValueError(f"A place to begin is a cursor, {EARLIEST} or {LATEST}.") from None
