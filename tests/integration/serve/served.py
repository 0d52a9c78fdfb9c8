"""Two workers of one bridge with a school in it, a device that is paired as a person does it, and a game server."""

import json
import os
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp

from backend.db.config import DatabaseConfig
from tests.gate.device import Device, post
from tests.gate.house import UNIVERSE
from tests.gate.taken import signer_with, taken
from tests.integration.gate.signer import Signer
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.integration.serve.gate_app import MODULE
from tests.integration.serve.test_commands_beside_it import LIMIT_SECONDS, TOOLBOXAI
from tests.ledger.people import SCHOOL, one_of_each

ADMIN = one_of_each()["school_admin"]
LAPTOP = {"kind": "studio", "name": "Ada's laptop", "version": "0.1.0"}


@dataclass(frozen=True, slots=True)
class Served:
    bridge: BridgeProcess
    client: aiohttp.ClientSession
    environ: dict[str, str]

    def toolboxai(self, *words: str) -> Any:
        """Run a command beside the bridge, and return what it says in JSON."""
        ended = subprocess.run(
            [TOOLBOXAI, *words, "--json"],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    async def by_admin(self, method: str, path: str, document: object = None) -> Any:
        """Ask as somebody who may do everything in the school, and has just proved who they are."""
        headers = {"Idempotency-Key": str(uuid4()), **ADMIN.authorization}
        url = f"/api/v1/tenants/{SCHOOL}/{path}"
        async with self.client.request(method, url, json=document, headers=headers) as answer:
            told = await answer.json(content_type=None)
            assert answer.status in {200, 201}, told
            return told

    async def pair(self) -> tuple[str, Device]:
        """Let a device in; return its device code too."""
        asked = (await post(self.client, "/v1/pair", LAPTOP)).json
        found = await self.by_admin("POST", "pairings/look-up", {"code": asked["user_code"]})
        await self.by_admin("PUT", f"pairings/{found['id']}/approval", {"scopes": ["sync"]})
        told = (await post(self.client, "/v1/pair/redeem", {"device_code": asked["device_code"]})).json
        key = b64decode(told["device_key"])
        device = Device(told["device_id"], key, self.client, f"127.0.0.1:{self.bridge.port}")
        return asked["device_code"], device

    async def opened(self, device: Device) -> Signer:
        return taken(device, await device.open(), self.bridge.port)

    async def game_server(self) -> tuple[str, Signer]:
        """Return the id of a game key and the session of a server that has it."""
        made = await self.by_admin("POST", "game-keys", {"name": "Fractions", "universes": [UNIVERSE]})
        asked = {"n": "some text 1", "universe_id": UNIVERSE, "place_id": 1, "version": "0.1.0"}
        headers = {"Authorization": f"Bearer {made['text']}", "X-Forwarded-Proto": "https"}
        granted = (await post(self.client, "/v1/session/game", asked, **headers)).json
        key = b64decode(granted["key"])
        return made["game_key"]["id"], signer_with(granted["key_id"], key, self.bridge.port)


@asynccontextmanager
async def served(folder: Path, database: DatabaseConfig, valkey_url: str, **more: str) -> AsyncIterator[Served]:
    settings = {
        "TOOLBOXAI_DATABASE_URL": database.url.reveal(),
        **of_workers(2, valkey_url),
        "TOOLBOXAI_TRUSTED_PROXIES": "127.0.0.1/32",
        "TOOLBOXAI_LOG_LEVEL": "warning",
        **more,
    }
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TOOLBOXAI_")}
    with BridgeProcess(folder, module=MODULE, settings=settings) as bridge:
        bridge.start()
        bridge.wait_for_workers(other_than=[])
        async with aiohttp.ClientSession(f"http://127.0.0.1:{bridge.port}") as client:
            assert (await post(client, "/test/seed", None)).status == 200
            yield Served(bridge, client, environ | settings | {"TOOLBOXAI_DATA_DIR": str(folder)})
        assert bridge.stop().code == 0
