"""`broadcast` of the `websockets` package."""

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.benchmarks.fanout.telling import tell


async def main() -> None:
    async def connected(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(connected, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=1024) as server:

        async def send(text: str, due: int) -> None:
            for _ in range(due):
                broadcast(server.connections, text)

        await tell(send, next(iter(server.sockets)).getsockname()[1])


if __name__ == "__main__":
    uvloop.run(main())
