"""A server that tells all its WebSockets something when a line says so; it imports nothing of the product."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final

# Each is one `!`, by which readers count, and as long as a frame of the product's.
TEXT_BYTES: Final = 512
TEXT: Final = '{"type":"message","data":"!'.ljust(TEXT_BYTES - 2, "x") + '"}'

Send = Callable[[str, int], Awaitable[None]]


async def tell(send: Send, port: int) -> None:
    """Print the port; then for each line send so many times so many messages that are due at once."""
    loop = asyncio.get_running_loop()
    say(port)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        said = json.loads(line)
        cpu, begun = time.process_time(), time.perf_counter()
        for _ in range(said["count"]):
            await send(TEXT, said["due"])
            # All of it is written before the next is begun.
            await asyncio.sleep(0)
        say({"begun": begun, "cpu": time.process_time() - cpu, "ended": time.perf_counter()})


def say(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()
