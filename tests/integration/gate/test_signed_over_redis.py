"""Whole requests to a bridge whose single use is kept on a Redis server."""

import asyncio
from dataclasses import replace
from pathlib import Path
from signal import SIGSTOP
from typing import Any

import orjson
import pytest

from backend.db.config import DatabaseConfig
from backend.errors import SettingsError
from backend.secret import Secret
from bridge.gate.oneself.routes import SESSION
from bridge.keys import METRICS, READINESS
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected
from tests.ledger.notes.routes import NOTES
from tests.servers.valkey import valkey

# As on one host without the server: the database tells.
ELSEWHERE_SECONDS = 2.0 + 1.0
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
                requests = [signer.sign("POST", NOTES, NOTE) for _ in range(4)]
                away = [await send(wire, each) for each in requests]
            checks = await house.app[READINESS]()
            states = house.app[METRICS].snapshot()["toolboxai_breaker_state"]

    assert {(503, "store_unavailable")} == {(each.status, each.json["code"]) for each in away}
    assert all(int(each.header("Retry-After") or 0) >= 1 for each in away)
    # The first waited for the server in vain, the last was told by the breaker: of each the MAC was right.
    assert all(is_proven(signer.session, *each) for each in zip(requests, away, strict=True))
    assert "warn" == checks["redis"].verdict
    assert [("", {"to": "redis"}, 2)] == states


async def test_a_request_that_runs_out_of_time_before_the_server_answers_is_told_with_a_proof(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    with valkey() as server:
        changed: dict[str, Any] = {"gate_store": "redis", "redis_url": Secret(server.url), "redis_give_up_seconds": 5.0}
        changed["request_timeout_seconds"] = 0.4
        async with open_house(tmp_path, sqlite_database, **changed) as house:
            signer = await house.signer()
            async with connected(house.bridge.port) as wire:
                server.signal(SIGSTOP)
                request = signer.sign("GET", NOTES)
                received = await send(wire, request)
            # Whoever shows no right MAC gets no proof, whatever becomes of the server.
            async with connected(house.bridge.port) as wire:
                wrong = replace(signer.sign("GET", NOTES), target=f"{NOTES}?a=b")
                refused = await send(wire, wrong)

    assert (503, "timed_out") == (received.status, received.json["code"])
    assert is_proven(signer.session, request, received)
    assert (401, None) == (refused.status, refused.header("Answer-Proof"))


async def test_what_one_host_withdrew_or_a_session_ended_is_refused_by_the_other(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    with valkey() as server:
        changed: dict[str, Any] = {"gate_store": "redis", "redis_url": Secret(server.url), "redis_give_up_seconds": 5.0}
        async with (
            open_house(tmp_path, sqlite_database, **changed) as here,
            open_house(tmp_path, sqlite_database, is_seeded=True, **changed) as there,
            connected(here.bridge.port) as to_here,
            connected(there.bridge.port) as to_there,
        ):
            withdrawn, ended = await here.signer(), await here.signer()
            for each in (withdrawn, ended):
                assert 200 == (await send(to_there, at(there, each).sign("GET", NOTES))).status

            assert 204 == (await send(to_here, at(here, ended).sign("DELETE", SESSION))).status
            at_once = await send(to_there, at(there, ended).sign("GET", NOTES))

            async def is_refused() -> bool:
                return (await send(to_there, at(there, withdrawn).sign("GET", NOTES))).status == 403

            await here.revoke(withdrawn.session)
            async with asyncio.timeout(ELSEWHERE_SECONDS):
                await until(is_refused)

    assert (403, "revoked") == (at_once.status, at_once.json["code"])


def at(house: House, signer: Signer) -> Signer:
    """The same client at another host."""
    signer.port = house.bridge.port
    return signer


async def test_a_bridge_does_not_start_on_a_server_that_may_forget(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    with valkey("--maxmemory-policy", "volatile-lru") as server, pytest.raises(SettingsError, match="noeviction"):
        async with open_house(tmp_path, sqlite_database, gate_store="redis", redis_url=Secret(server.url)):
            await asyncio.sleep(0)
