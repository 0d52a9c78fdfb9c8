"""Whole requests to a bridge whose single use is kept on a Redis server."""

import asyncio
from pathlib import Path
from signal import SIGSTOP
from typing import Any

import orjson
import pytest

from backend.db.config import DatabaseConfig
from backend.errors import SettingsError
from backend.secret import Secret
from bridge.keys import METRICS, READINESS
from tests.integration.gate.house import open_house
from tests.integration.gate.signer import is_proven, send
from tests.integration.web.wire import connected
from tests.ledger.notes.routes import NOTES
from tests.servers.valkey import valkey

NOTE = orjson.dumps({"text": "three words here"})


async def test_a_signed_request_comes_in_once_whatever_its_length(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    with valkey() as server:
        changed: dict[str, Any] = {"gate_store": "redis", "redis_url": Secret(server.url), "redis_give_up_seconds": 5.0}
        async with open_house(tmp_path, sqlite_database, **changed) as house:
            signer = await house.signer()
            request = signer.sign("POST", NOTES, NOTE)
            large = signer.sign("POST", NOTES, orjson.dumps({"text": "x" * 70_000}))
            async with connected(house.bridge.port) as wire:
                first, again = await send(wire, request), await send(wire, request)
                long = await send(wire, large)

    assert (201, 409) == (first.status, again.status)
    assert is_proven(signer.session, request, again)
    assert "400" == first.header("X-RateLimit-Limit")
    assert (201, True) == (long.status, is_proven(signer.session, large, long))


async def test_a_server_that_is_away_is_told_to_clients_to_metrics_and_to_health(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    with valkey() as server:
        changed: dict[str, Any] = {"gate_store": "redis", "redis_url": Secret(server.url), "redis_give_up_seconds": 0.2}
        async with open_house(tmp_path, sqlite_database, **changed) as house:
            signer = await house.signer()
            async with connected(house.bridge.port) as wire:
                assert 201 == (await send(wire, signer.sign("POST", NOTES, NOTE))).status
                server.signal(SIGSTOP)
                away = [await send(wire, signer.sign("POST", NOTES, NOTE)) for _ in range(4)]
            checks = await house.app[READINESS]()
            states = house.app[METRICS].snapshot()["toolboxai_breaker_state"]

    assert {(503, "store_unavailable")} == {(each.status, each.json["code"]) for each in away}
    assert all(int(each.header("Retry-After") or 0) >= 1 for each in away)
    assert "warn" == checks["redis"].verdict
    assert [("", {"to": "redis"}, 2)] == states


async def test_a_bridge_does_not_start_on_a_server_that_may_forget(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    with valkey("--maxmemory-policy", "volatile-lru") as server, pytest.raises(SettingsError, match="noeviction"):
        async with open_house(tmp_path, sqlite_database, gate_store="redis", redis_url=Secret(server.url)):
            await asyncio.sleep(0)
