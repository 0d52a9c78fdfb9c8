"""Wakes game servers that do not hold a long-poll: a hint that there is something new, and nothing else.

Anybody in a game may forge one, so it moves no cursor and carries no content; whoever hears it asks.
"""

from collections.abc import Callable
from typing import Final, Protocol

from backend.db.fresh import OutboxRow
from backend.db.handlers import Handlers
from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.engine import Engine
from bridge.realtime.names import read_name

KIND: Final = "realtime.doorbell"
# What is committed within it is told by one ring.
GATHERED_SECONDS: Final = 1.0


class Doorbell(Protocol):
    async def ring(self, channel: str, cursor: Cursor) -> None:
        """Tell the servers of a game that a channel stands there now; raises where nobody can be told."""
        ...


async def ring(tx: Transaction, channel: str) -> None:
    """Have the bell rung a moment after this unit is committed."""
    name = read_name(channel)
    await enqueue(
        tx,
        KIND,
        {"channel": channel},
        order_key=f"doorbell {channel}",
        tenant_id=name.tenant_id,
        delay_seconds=GATHERED_SECONDS,
    )


def add_handler(handlers: Handlers, engine: Callable[[], Engine], bell: Doorbell) -> None:
    """Have rows of this kind rung; several that stand at the same place are one ring."""
    rung: dict[str, Cursor] = {}

    async def handle(row: OutboxRow) -> None:
        channel = str(row.body["channel"])
        top = (await engine().tops([channel]))[channel]
        if rung.get(channel) != top:
            await bell.ring(channel, top)
            rung[channel] = top

    handlers.add(KIND, handle)
