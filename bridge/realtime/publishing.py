"""How the product tells a channel something: with the change itself, so that a commit and its message cannot part."""

from collections.abc import Callable
from typing import Final

import orjson

from backend.db.fresh import JsonObject, JsonValue, OutboxRow
from backend.db.handlers import Handlers
from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from bridge.realtime.engines.engine import Engine
from bridge.realtime.message import DATA_LIMIT_BYTES, KEY_LIMIT, NewMessage
from bridge.realtime.meter import StreamMeter
from bridge.realtime.names import read_name

KIND: Final = "realtime.publish"


async def publish(tx: Transaction, channel: str, data: JsonValue, *, key: str | None = None) -> None:
    """Have a message published once this unit is committed, after those that were committed before it.

    `data` is what JSON can hold. Of the messages with one key the last is the state of that key; None ends it.
    """
    name = read_name(channel)
    if len(orjson.dumps(data)) > DATA_LIMIT_BYTES:
        raise ValueError(f"a message holds {DATA_LIMIT_BYTES} bytes at the most; larger things are named by their hash")
    if key is not None and not 1 <= len(key) <= KEY_LIMIT:
        raise ValueError(f"a key has 1 to {KEY_LIMIT} letters")
    body: JsonObject = {"channel": channel, "key": key, "data": data}
    await enqueue(tx, KIND, body, order_key=f"realtime {channel}", tenant_id=name.tenant_id)


def add_handler(handlers: Handlers, engine: Callable[[], Engine], meter: StreamMeter) -> None:
    """Have rows of this kind published; one that is tried again is published once."""

    async def handle(row: OutboxRow) -> None:
        body = row.body
        key = None if body["key"] is None else str(body["key"])
        new = NewMessage(orjson.dumps(body["data"]), key=key, idempotency_key=f"outbox {row.id}")
        await engine().publish(str(body["channel"]), new)
        meter.published += 1

    handlers.add(KIND, handle)
