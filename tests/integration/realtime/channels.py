"""The channels of the proofs, and how the product tells them something."""

from typing import Any

import orjson

from backend.db.unit import Transaction
from bridge.keys import DATABASE
from bridge.realtime.cursor import Cursor
from bridge.realtime.desk import DESK, Desk
from bridge.realtime.lifecycle import ENGINE
from bridge.realtime.message import NewMessage
from bridge.realtime.publishing import publish
from tests.integration.gate.house import UNIVERSE, House
from tests.ledger.people import FOREIGN, SCHOOL

PROJECT = "p1".rjust(26, "0")
OTHER_PROJECT = "p2".rjust(26, "0")
TENANT = f"tenant/{SCHOOL}"
OF_PROJECT = f"project/{SCHOOL}/{PROJECT}"
OF_GAME = f"game/{SCHOOL}/{UNIVERSE}"
ABROAD = f"tenant/{FOREIGN}"


async def tell(house: House, *data: object, channel: str = TENANT, key: str | None = None) -> None:
    """Have messages published as the product does it: with a change, in one unit."""

    async def unit(tx: Transaction) -> None:
        for each in data:
            await publish(tx, channel, each, key=key)  # type: ignore[arg-type]

    await house.app[DATABASE].write(unit)


async def put(house: House, *data: object, channel: str = TENANT, key: str | None = None) -> list[Cursor]:
    """Put messages into a channel at once, past the outbox; return their places."""
    engine = house.app[ENGINE]
    return [(await engine.publish(channel, NewMessage(orjson.dumps(each), key=key))).cursor for each in data]


async def top(house: House, channel: str = TENANT) -> Cursor:
    return (await house.app[ENGINE].tops([channel]))[channel]


def desk(house: House) -> Desk:
    return house.app[DESK]


def places(item: dict[str, Any]) -> dict[str, Cursor]:
    """Return the cursors of an item or an answer, read."""
    read = {name: text.partition(".") for name, text in item["cursors"].items()}
    return {name: Cursor(epoch, int(offset)) for name, (epoch, _, offset) in read.items()}
