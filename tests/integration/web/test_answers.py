"""What every answer has, and what no answer has, whatever went wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import web

from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.errors import DatabaseUnavailable
from backend.web import reply
from bridge.app import create_app
from bridge.keys import BOUNDARY, DATABASE, DRAIN, READINESS, SETTINGS
from bridge.settings import Settings
from bridge.settings.database import database_config as config_of
from tests.integration.web import faulty
from tests.integration.web.conftest import Bridge, serving
from tests.integration.web.waiting import until
from tests.integration.web.wire import ask, connected, request
from tests.ledger import store
from tests.ledger.tables import make_tables

KEY = "Idempotency-Key: " + "k" * 16


@pytest.fixture
async def broken(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Bridge]:
    """A bridge whose handlers go wrong."""
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url, request_timeout_seconds=0.4)
    async with serving(create_app(settings, extra_routes=faulty.ROUTES)) as bridge:
        yield bridge


EVERY_KIND = [
    request(0, "/health/live"),
    request(0, "/nope"),
    request(0, "/health/live", method="DELETE"),
    request(0, "/raising"),
    request(0, "/raising", method="POST"),
    request(0, "/health/live", headers="Origin: null"),
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"no HTTP at all\r\n\r\n",
]


@pytest.mark.parametrize("data", EVERY_KIND)
async def test_every_answer_has_the_security_headers(broken: Bridge, data: bytes) -> None:
    received = await ask(broken.port, data.replace(b":0\r\n", f":{broken.port}\r\n".encode()))

    assert "nosniff" == received.header("X-Content-Type-Options")
    assert "no-referrer" == received.header("Referrer-Policy")
    assert "default-src 'none'; frame-ancestors 'none'" == received.header("Content-Security-Policy")
    assert "same-origin" == received.header("Cross-Origin-Resource-Policy")
    assert "no-store" == received.header("Cache-Control")
    assert "toolboxai" == received.header("Server")
    assert 24 == len(received.header("X-Request-Id") or "")
    assert received.header("Date")


@pytest.mark.parametrize("data", EVERY_KIND[1:])
async def test_every_error_is_a_problem_with_its_code_and_request(broken: Bridge, data: bytes) -> None:
    received = await ask(broken.port, data.replace(b":0\r\n", f":{broken.port}\r\n".encode()))

    assert "application/problem+json" == received.header("Content-Type")
    assert received.status == received.json["status"]
    assert received.header("X-Request-Id") == received.json["request_id"]
    assert {"title", "status", "code", "detail", "request_id"} == received.json.keys()
    assert received.json["detail"].endswith((".", "`errors`."))


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/raising", 500, "internal"),
        ("/http-exception", 404, "not_found"),
        ("/connection-error", 500, "internal"),
        ("/undeclared", 500, "internal"),
        ("/of-another-kind", 500, "internal"),
        ("/too-large-a-number", 500, "internal"),
    ],
)
async def test_an_error_of_a_handler_says_nothing_of_its_cause(
    broken: Bridge, target: str, status: int, code: str
) -> None:
    received = await ask(broken.port, request(broken.port, target))

    assert (status, code) == (received.status, received.json["code"])
    assert faulty.CANARY.encode() not in received.body


@pytest.mark.parametrize("target", ["/raising", "/undeclared"])
async def test_a_change_that_ends_in_a_mistake_of_ours_is_not_kept(broken: Bridge, target: str) -> None:
    await make_tables(config_of(broken.app[SETTINGS]))
    for _ in range(2):
        received = await ask(broken.port, request(broken.port, target, method="POST", headers=KEY))
        assert (500, None) == (received.status, received.header("Idempotency-Replayed"))

    assert not await is_kept(broken)


async def test_a_refusal_is_kept_and_nothing_of_what_was_done_before_it(
    tmp_path: Path, database_config: DatabaseConfig
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    async with serving(create_app(settings, extra_routes=faulty.ROUTES)) as bridge:
        await make_tables(config_of(bridge.app[SETTINGS]))
        answers = [
            await ask(bridge.port, request(bridge.port, "/refused", method="POST", headers=KEY)) for _ in range(2)
        ]

        assert [(404, None), (404, "true")] == [(each.status, each.header("Idempotency-Replayed")) for each in answers]
        assert not await is_kept(bridge)


async def is_kept(bridge: Bridge) -> bool:
    async def unit(tx: Transaction) -> bool:
        return await store.has_account(tx, "kept")

    return await bridge.app[DATABASE].read(unit)


async def test_a_request_that_takes_too_long_is_given_up_and_the_others_go_on(broken: Bridge) -> None:
    began = monotonic()
    slow = asyncio.create_task(ask(broken.port, request(broken.port, "/slow")))
    async with connected(broken.port) as wire:
        await wire.send(request(broken.port))
        assert 200 == (await wire.receive()).status
        received = await slow
        await wire.send(request(broken.port))
        assert 200 == (await wire.receive()).status

    assert (503, "timed_out") == (received.status, received.json["code"])
    assert received.header("Retry-After")
    assert 0.4 <= monotonic() - began < 2
    assert 0 == broken.app[BOUNDARY].in_flight


async def test_the_connection_of_a_request_given_up_serves_the_next(broken: Bridge) -> None:
    async with connected(broken.port) as wire:
        await wire.send(request(broken.port, "/slow") + request(broken.port))

        assert [503, 200] == [(await wire.receive()).status for _ in range(2)]


async def test_who_never_takes_the_answer_is_cut_off(broken: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply, "TAKE_SECONDS", 0.3)
    async with connected(broken.port) as wire:
        wire.stop_reading()
        await wire.send(request(broken.port, "/large"))

        for expected in (1, 0):
            await until(lambda: broken.connections() == expected)  # noqa: B023 - asked before the next round


@pytest.mark.parametrize("target", ["/health/live", "/api/v1/about", "/api/v1/openapi.json", "/nope", "/raising"])
async def test_head_is_get_without_its_body(broken: Bridge, target: str) -> None:
    async with connected(broken.port) as wire:
        await wire.send(request(broken.port, target, method="HEAD") + request(broken.port, target))
        head = await wire.receive(to_head=True)
        get = await wire.receive()

    changing = {"X-Request-Id", "Date", "RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
    assert get.status == head.status
    assert [pair for pair in get.headers if pair[0] not in changing] == [
        pair for pair in head.headers if pair[0] not in changing
    ]
    assert b"" == head.body


@pytest.mark.parametrize(
    ("target", "allowed"), [("/health/live", "GET, HEAD"), ("/raising", "GET, HEAD, POST"), ("/slow", "GET, HEAD")]
)
@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "TRACE"])
async def test_another_method_is_told_which_ones_there_are(
    broken: Bridge, target: str, allowed: str, method: str
) -> None:
    received = await ask(broken.port, request(broken.port, target, method=method))

    assert (405, "method_not_allowed", allowed) == (
        received.status,
        received.json["code"],
        received.header("Allow"),
    )


async def test_a_request_id_that_is_sent_is_not_taken_over(broken: Bridge) -> None:
    data = request(broken.port, headers="X-Request-Id: " + "a" * 24)

    assert "a" * 24 != (await ask(broken.port, data)).header("X-Request-Id")


async def test_a_permission_that_nobody_can_have_yet_is_refused_before_anything_is_read(bridge: Bridge) -> None:
    received = await ask(bridge.port, request(bridge.port, "/api/v1/ledger/audit?x=1&x=2"))

    assert (401, "unauthenticated") == (received.status, received.json["code"])
    assert received.header("WWW-Authenticate")


async def test_a_database_that_is_away_is_a_503_that_may_be_sent_again(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_unit: object) -> None:
        raise DatabaseUnavailable("The database does not answer.")

    monkeypatch.setattr(bridge.app[DATABASE], "read", away)
    received = await ask(bridge.port, request(bridge.port, "/api/v1/ledger/accounts/a"))

    assert (503, "database_unavailable") == (received.status, received.json["code"])
    assert received.header("Retry-After")


async def test_while_draining_every_answer_ends_its_connection_and_ready_says_no(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        await wire.send(request(bridge.port, "/health/ready"))
        assert 200 == (await wire.receive()).status

        bridge.app[DRAIN].begin()
        await wire.send(request(bridge.port, "/health/ready"))
        received = await wire.receive()

        assert (503, "close") == (received.status, received.header("Connection"))
        assert await wire.is_closed_by_the_other_side()
    assert 200 == (await ask(bridge.port, request(bridge.port, "/health/live"))).status


async def test_readiness_tells_each_dependency_by_name(bridge: Bridge) -> None:
    found = await bridge.app[READINESS]()

    assert {"database": True, "migrations": True, "disk": True} == {
        name: result.passed for name, result in found.items()
    }


async def test_without_its_database_the_bridge_is_not_ready_and_says_no_more(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> None:
        raise DatabaseUnavailable(faulty.CANARY)

    monkeypatch.setattr(bridge.app[DATABASE], "ping", away)
    received = await ask(bridge.port, request(bridge.port, "/health/ready"))

    assert (503, {"status": "unavailable"}) == (received.status, received.json)
    assert not (await bridge.app[READINESS]())["database"].passed


async def test_asking_for_readiness_in_a_loop_asks_the_database_once(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def ping() -> None:
        asked.append(1)
        await asyncio.sleep(0.05)

    monkeypatch.setattr(bridge.app[DATABASE], "ping", ping)
    answers = await asyncio.gather(
        *(ask(bridge.port, request(bridge.port, "/health/ready")) for _ in range(30)),
    )

    assert {200} == {answer.status for answer in answers}
    assert 1 == len(asked)


async def test_a_plain_runner_serves_nothing(tmp_path: Path, sqlite_database: DatabaseConfig) -> None:
    """Whoever goes round our server goes round its checks, and finds no routes."""
    app = create_app(Settings(data_dir=tmp_path, database_url=sqlite_database.url))

    assert isinstance(app, web.Application)
    assert 0 == len(app.router.routes())
