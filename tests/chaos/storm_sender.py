"""A process that sends what it is told, several times at once, each on a connection of its own.

A line on its standard input is a round: the bytes of each request in base64, and how many copies of it to send. It
prints what each copy was answered, in a line too; nothing for a copy whose connection was broken off.
"""

import asyncio
import json
import sys
from base64 import b64decode
from typing import Any

AT_ONCE = 24
ANSWER_LIMIT_SECONDS = 10


async def send(port: int, request: bytes) -> tuple[int, str] | None:
    """Return the status and the body of the answer, if one came."""
    try:
        async with asyncio.timeout(ANSWER_LIMIT_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = head.partition("content-length: ")[2].partition("\r\n")[0]
                body = await reader.readexactly(int(length or 0))
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
    return int(head.split()[1]), body.decode()


async def send_all(port: int, order: list[tuple[int, str, int]]) -> list[tuple[int, int, str]]:
    """Send every copy; return the place of the request in the order with each answer."""
    copies = [(place, b64decode(request)) for place, request, times in order for _ in range(times)]
    left = iter(copies)
    answers: list[tuple[int, int, str]] = []

    async def some() -> None:
        for place, request in left:
            answered = await send(port, request)
            if answered is not None:
                answers.append((place, *answered))

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return answers


async def main() -> None:
    port = int(sys.argv[1])
    while line := await asyncio.to_thread(sys.stdin.readline):
        order: Any = json.loads(line)
        print(json.dumps(await send_all(port, order)), flush=True)  # noqa: T201 - whoever started it reads this


if __name__ == "__main__":
    asyncio.run(main())
