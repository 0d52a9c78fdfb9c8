"""A whole bridge that is told to stop: whoever follows is told where they stood, and comes back for the rest."""

import asyncio
import signal
from pathlib import Path

import aiohttp

from tests.integration.realtime.channels import OF_PROJECT
from tests.integration.realtime.reader import events, poll, reading
from tests.integration.serve.bridge_process import BridgeProcess
from tests.integration.serve.test_signed import MODULE, Connection, opened


async def test_told_to_stop_it_hands_out_cursors_over_each_transport_and_ends_in_time(tmp_path: Path) -> None:
    with BridgeProcess(tmp_path / "data", module=MODULE).start() as bridge:
        await asyncio.to_thread(bridge.wait_for_workers, other_than=[])
        connection = Connection(bridge.port)
        connection.post("/test/seed")
        signer = opened(connection, bridge.port)
        connection.close()
        async with (
            aiohttp.ClientSession(f"http://127.0.0.1:{bridge.port}") as client,
            reading(client, signer) as socket,
            events(client, OF_PROJECT, signer=signer) as stream,
        ):
            at = (await socket.follow(OF_PROJECT))["cursor"]
            await stream.of("following")
            held = asyncio.create_task(poll(client, signer, f"{OF_PROJECT}@{at}", wait=20))
            stopping = asyncio.create_task(asyncio.to_thread(bridge.stop, signal.SIGTERM))
            for reader in (socket, stream):
                bye = await reader.bye()
                assert ("reconnect", {OF_PROJECT: at}) == (bye["code"], bye["cursors"])
                assert 0 <= bye["retry_after_seconds"] <= 1.0
            assert 4012 == await socket.close_code()
            assert await stream.is_over()
            status, present = await held
            ended = await stopping

    assert (200, {"items": [], "cursors": {OF_PROJECT: at}}) == (status, present)
    assert 0 == ended.code, ended.error
    assert ended.seconds < 10
