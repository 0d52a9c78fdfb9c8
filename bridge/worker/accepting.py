"""How to close a listening socket without losing a caller that was just let in."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence


async def pause_accepting(listeners: Sequence[socket.socket]) -> None:
    """Let in nobody else, and let the callers who are half in come in whole; then the server can be closed.

    asyncio accepts a connection in one turn of the loop and makes its transport in the next. A server closed between
    the two forgets the connection: it is neither served nor closed. uvloop does both in one turn and has no readers.
    """
    loop = asyncio.get_running_loop()
    for listener in listeners:
        with contextlib.suppress(NotImplementedError):  # Windows, which does both in one turn as well
            loop.remove_reader(listener)
    await asyncio.sleep(0)
