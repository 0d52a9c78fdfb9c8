"""`send` of each transport of picows, which is written in Cython."""

import uvloop
from picows import WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from tests.benchmarks.fanout.telling import tell


async def main() -> None:
    transports: list[WSTransport] = []

    class Client(WSListener):
        def on_ws_connected(self, transport: WSTransport) -> None:
            transports.append(transport)

    def made(_request: WSUpgradeRequest) -> WSListener:
        return Client()

    async def send(text: str, due: int) -> None:
        data = text.encode()
        for _ in range(due):
            for transport in transports:
                transport.send(WSMsgType.TEXT, data)

    server = await ws_create_server(made, "127.0.0.1", 0, backlog=1024)
    await tell(send, server.sockets[0].getsockname()[1])


if __name__ == "__main__":
    uvloop.run(main())
