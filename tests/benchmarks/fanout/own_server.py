"""The product with many sessions: `python -P -m tests.benchmarks.fanout.own_server FOLDER NUMBER`.

It prints one line of JSON, its port and the heads of upgrades for two rows of readers: as behind a proxy with TLS, whose
streams have no seals, and over plain http. Then it does what lines say.
"""

import asyncio
import json
import os
import socket
import sys
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web

from backend.db.config import sqlite_config
from backend.db.migrations.run import migrate
from backend.ids import new_id
from backend.web.server import Runner
from bridge.app import create_app
from bridge.keys import DATABASE
from bridge.realtime.lifecycle import ENGINE
from bridge.realtime.message import NewMessage
from bridge.settings import Settings
from core_rs import Table
from tests.benchmarks.signed_server import RULES
from tests.contract.signing import Session, sign
from tests.integration.gate.house import open_session
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants

PATH = "/v1/stream"
TEXT_BYTES = 512
BY_HTTPS = "X-Forwarded-Proto: https"


def head(session: Session, port: int, *more: str) -> str:
    key = session.use("request")
    at = f"127.0.0.1:{port}"
    signed = sign(
        key, session.key_id, number=1, created=int(time.time()), method="GET", target=PATH, host=at, body=b"",
        idempotency_key=None,
    )  # fmt: skip
    lines = (
        f"GET {PATH} HTTP/1.1",
        f"Host: {at}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
        f"Content-Digest: {signed.content_digest}",
        f"Signature-Input: {signed.signature_input}",
        f"Signature: {signed.signature}",
        *more,
    )
    return "\r\n".join((*lines, "", ""))


async def serve(folder: Path, number: int) -> None:
    database = sqlite_config(folder / "bridge.db")
    await asyncio.to_thread(migrate, database)
    settings = Settings(data_dir=folder, database_url=database.url, trusted_proxies=("127.0.0.1",))
    app = create_app(settings, table=Table.in_process(sessions=16_384), rate_rules=RULES)
    runner = Runner(app)
    await runner.setup()
    await seed_tenants(app[DATABASE])
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    await web.SockSite(runner, listener, backlog=1024).start()
    port = listener.getsockname()[1]
    sessions = [await open_session(app, scopes=("read", "sync")) for _ in range(2 * number)]
    channels = {"plain": f"project/{SCHOOL}/{new_id()}", "https": f"tenant/{SCHOOL}"}
    told = {
        "port": port,
        "heads": {
            "https": [head(each, port, BY_HTTPS) for each in sessions[:number]],
            "plain": [head(each, port) for each in sessions[number:]],
        },
        "first": {name: _follow(channel) for name, channel in channels.items()},
    }
    print(json.dumps(told), flush=True)
    engine = app[ENGINE]
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        said: dict[str, Any] = json.loads(line)
        channel = channels[said["to"]]
        # A frame is as long as that of the others; what stands around the data is about 130 bytes.
        new = NewMessage(b'"%b"' % b"~".ljust(TEXT_BYTES - 165, b"x"))
        cpu, begun = time.process_time(), time.perf_counter()
        for _ in range(said["count"]):
            for _ in range(said["due"]):
                await engine.publish(channel, new)
            await asyncio.sleep(said.get("pause", 0))
        print(json.dumps({"begun": begun, "cpu": time.process_time() - cpu}), flush=True)
    await runner.cleanup()


def _follow(channel: str) -> list[str]:
    return [json.dumps({"type": "follow", "channel": channel, "begin": "latest"})]


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
