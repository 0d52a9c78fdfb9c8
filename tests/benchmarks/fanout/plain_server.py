"""Servers that tell all their WebSockets something, each as its library's users write it.

`python -P plain_server.py aiohttp|websockets|picows`; prints its port, then does what lines say: `<count> <due>`.
It imports nothing of the product: the peers live in an environment of their own.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

TEXT_BYTES = 512
Send = Callable[[str, int], Any]


async def told(send: Send, port: int) -> None:
    """Do what lines say: so many times, so many messages that are due at once."""
    loop = asyncio.get_running_loop()
    print(port, flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        said = json.loads(line)
        text = json.dumps({"type": "message", "data": "~".ljust(TEXT_BYTES - 30, "x")})
        text = text[:-2] + "x" * (TEXT_BYTES - len(text)) + '"}'
        cpu, begun = time.process_time(), time.perf_counter()
        for _ in range(said["count"]):
            await send(text, said["due"])
            # All of it is written before the next is begun.
            await asyncio.sleep(said.get("pause", 0))
        print(json.dumps({"begun": begun, "cpu": time.process_time() - cpu}), flush=True)


async def by_aiohttp() -> None:
    from aiohttp import WSMsgType, web

    sockets: list[web.WebSocketResponse] = []

    async def connected(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
        return socket

    async def send(text: str, due: int) -> None:
        for _ in range(due):
            for socket in sockets:
                await socket.send_str(text)

    app = web.Application()
    app.router.add_get("/v1/stream", connected)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await told(send, runner.addresses[0][1])


async def by_websockets() -> None:
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    async def connected(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(connected, "127.0.0.1", 0, compression=None, ping_interval=None) as server:

        async def send(text: str, due: int) -> None:
            for _ in range(due):
                broadcast(server.connections, text)

        await told(send, server.sockets[0].getsockname()[1])


async def by_picows() -> None:
    from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

    transports: list[WSTransport] = []

    class Client(WSListener):  # type: ignore[misc]
        def on_ws_connected(self, transport: WSTransport) -> None:
            transports.append(transport)

    def made(_request: WSUpgradeRequest) -> WSListener:
        return Client()

    async def send(text: str, due: int) -> None:
        data = text.encode()
        for _ in range(due):
            for transport in transports:
                transport.send(WSMsgType.TEXT, data)

    server = await ws_create_server(made, "127.0.0.1", 0)
    await told(send, server.sockets[0].getsockname()[1])


async def by_writes() -> None:
    """A bare loop that writes to sockets: what the machine can do at all."""
    from aiohttp import web

    del web
    raise NotImplementedError


SERVERS = {"aiohttp": by_aiohttp, "websockets": by_websockets, "picows": by_picows}


def main() -> None:
    import uvloop

    uvloop.run(SERVERS[sys.argv[1]]())


if __name__ == "__main__":
    main()
