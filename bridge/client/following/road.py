"""What carries channels from the bridge to their readers: a WebSocket, server-sent events or a long poll."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Final, Protocol

from bridge.client.errors import ClientError
from bridge.client.following.followed import Followed
from bridge.client.following.items import Bye
from bridge.client.following.table import Table
from bridge.client.session import Session

MOST_ON_A_STREAM: Final = 64
MOST_IN_A_QUERY: Final = 16


class Ended(Exception):
    """The bridge ended the stream, and said why."""

    def __init__(self, bye: Bye, session: Session) -> None:
        super().__init__(bye.code)
        self.bye = bye
        # Whose the stream was in the end.
        self.session = session


class Road(Protocol):
    @property
    def most_channels(self) -> int: ...

    async def carry(self, table: Table) -> None:
        """Carry what is said of the channels of the table until there are none.

        Lost where the connection ended, Ended where the bridge ended it, a ClientError where another try is useless.
        """
        ...

    def failure(self, seconds: float) -> ClientError | None:
        """Return why nothing has been carried for so long, where that is known."""
        ...


def wanted(asked: Iterable[Followed]) -> str:
    """Return the channels with the place where each goes on, as a query names them."""
    return ",".join(f"{each.channel}@{each.position.begin}" for each in asked)


async def first_of(*coroutines: Coroutine[object, object, None]) -> None:
    """Run them together until one ends, and end as that one did."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in done:
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
