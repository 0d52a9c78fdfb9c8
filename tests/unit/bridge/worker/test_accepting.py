import asyncio
import socket
from collections.abc import Callable

import pytest
import uvloop

from bridge.worker.accepting import pause_accepting

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop] | None] = {"asyncio": None, "uvloop": uvloop.new_event_loop}


async def _close_in_every_turn(turns: int) -> list[str]:
    """Close a server so many turns after callers have come, and return what became of each."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    met: set[object] = set()

    class Meet(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            met.add(transport.get_extra_info("peername"))
            transport.close()

    loop = asyncio.get_running_loop()
    server = await loop.create_server(Meet, sock=listener)
    callers = [socket.create_connection(listener.getsockname(), timeout=5) for _ in range(5)]
    for _ in range(turns):
        await asyncio.sleep(0)
    await pause_accepting([listener])
    server.close()
    await asyncio.sleep(0.01)
    return [await asyncio.to_thread(_fate, caller) for caller in callers]


def _fate(caller: socket.socket) -> str:
    with caller:
        try:
            return "met" if caller.recv(1) == b"" else "?"
        except ConnectionResetError:
            return "turned away"
        except TimeoutError:
            return "forgotten"


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("turns", range(6))
def test_a_caller_is_met_or_turned_away_but_never_forgotten(loop: str, turns: int) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        fates = runner.run(_close_in_every_turn(turns))

    assert set(fates) <= {"met", "turned away"}
