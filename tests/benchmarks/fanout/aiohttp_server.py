"""What most write: `send_str` to each WebSocket of aiohttp in a loop."""

import uvloop
from aiohttp import web

from tests.benchmarks.fanout.telling import tell


async def serve() -> None:
    sockets: list[web.WebSocketResponse] = []

    async def connected(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    async def send(text: str, due: int) -> None:
        for _ in range(due):
            for socket in sockets:
                await socket.send_str(text)

    app = web.Application()
    app.router.add_get("/v1/stream", connected)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    await tell(send, runner.addresses[0][1])


if __name__ == "__main__":
    uvloop.run(serve())
