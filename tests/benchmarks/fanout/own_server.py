"""The product with many sessions: `own_server FOLDER NUMBER [URL]`, with a URL on a Redis server.

It prints its port, and then does what lines say. There are three rows of readers: `https` as behind a proxy with TLS,
whose streams have no seals; `plain` over plain http; `stopped` as `https`.
"""

import asyncio
import json
import os
import pickle
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
from backend.secret import Secret
from backend.web.server import Runner
from bridge.app import create_app
from bridge.keys import DATABASE
from bridge.realtime.lifecycle import ENGINE
from bridge.realtime.message import NewMessage
from bridge.settings import Settings
from core_rs import Table
from tests.benchmarks.fanout.telling import TEXT_BYTES, say
from tests.benchmarks.signed_server import RULES
from tests.contract.signing import Session, sign
from tests.integration.gate.house import open_session
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants

PATH = "/v1/stream"
BY_HTTPS = "X-Forwarded-Proto: https"
ROWS = ("https", "plain", "stopped")
CHANNEL = f"tenant/{SCHOOL}"
PROJECT = new_id()
# What stands around the data of a message, so that its frame is as long as those of the others.
AROUND_BYTES = 165
TABLE_SESSIONS = 16_384
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def head(session: Session, port: int, number: int, *more: str) -> str:
    """Return a signed upgrade."""
    at = f"127.0.0.1:{port}"
    signed = sign(
        session.use("request"),
        session.key_id,
        number=number,
        created=int(time.time()),
        method="GET",
        target=PATH,
        host=at,
        body=b"",
        idempotency_key=None,
    )
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


class Hall:
    """The sessions of all rows, and what is said to them."""

    def __init__(self, app: web.Application, port: int, rows: dict[str, list[Session]], *, number: int) -> None:
        self._app = app
        self._port = port
        self._rows = rows
        self._number = number
        self._channels = {"plain": f"project/{SCHOOL}/{PROJECT}", "https": CHANNEL}
        self._channels["stopped"] = self._channels["https"]

    def heads(self, name: str, begin: str) -> dict[str, object]:
        self._number += 1
        more = () if name == "plain" else (BY_HTTPS,)
        first = {"type": "follow", "channel": self._channels[name], "begin": begin}
        heads = [head(session, self._port, self._number, *more) for session in self._rows[name]]
        return {"heads": heads, "first": [json.dumps(first)]}

    async def tell(self, name: str, count: int, due: int, pause: float) -> dict[str, object]:
        engine, channel = self._app[ENGINE], self._channels[name]
        new = NewMessage(b'"%b"' % b"!".ljust(TEXT_BYTES - AROUND_BYTES, b"x"))
        loop = asyncio.get_running_loop()
        at: list[float] = []
        cpu, begun = time.process_time(), time.perf_counter()
        next_at = loop.time()
        for _ in range(count):
            at.append(time.perf_counter())
            for _ in range(due):
                await engine.publish(channel, new)
            next_at += pause
            await asyncio.sleep(max(0.0, next_at - loop.time()))
        return {"begun": begun, "cpu": time.process_time() - cpu, "at": at}


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES


async def serve(folder: Path, number: int, url: str | None) -> None:
    database = sqlite_config(folder / "bridge.db")
    await asyncio.to_thread(migrate, database)
    far: dict[str, Any] = {}
    if url is not None:
        far = {
            "redis_url": Secret(url),
            "redis_give_up_seconds": 5.0,
            "realtime_engine": "redis",
            "gate_store": "redis",
        }
    settings = Settings(data_dir=folder, database_url=database.url, trusted_proxies=("127.0.0.1",), **far)
    app = create_app(settings, table=Table.in_process(sessions=TABLE_SESSIONS), rate_rules=RULES)
    runner = Runner(app)
    await runner.setup()
    kept = folder / "sessions.pickle"
    is_first = not kept.exists()
    if is_first:
        await seed_tenants(app[DATABASE])
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    await web.SockSite(runner, listener, backlog=1024).start()
    if is_first:
        rows = {name: [await open_session(app, scopes=("read", "sync")) for _ in range(number)] for name in ROWS}
        kept.write_bytes(pickle.dumps(rows))
    else:
        # Started again in the same folder it has the same sessions, as a worker of a bridge that goes on has.
        rows = pickle.loads(kept.read_bytes())  # noqa: S301 - written by the same benchmark a moment ago
    port = listener.getsockname()[1]
    hall = Hall(app, port, rows, number=0 if is_first else 1)
    say(port)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        said: dict[str, Any] = json.loads(line)
        if said["do"] == "heads":
            say(hall.heads(said["name"], said["begin"]))
        elif said["do"] == "top":
            say(str((await app[ENGINE].tops([CHANNEL]))[CHANNEL]))
        elif said["do"] == "memory":
            say(resident_bytes())
        else:
            say(await hall.tell(said["name"], said["count"], said["due"], said["pause"]))
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))
