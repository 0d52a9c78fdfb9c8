"""Nothing that a caller sent, no address in full and no secret gets into the log; the canaries are everywhere."""

import asyncio
import logging
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest

from backend.db.config import DatabaseConfig
from backend.web.credentials import SIGNIN_COOKIE
from bridge.app import create_app
from bridge.keys import METRICS
from bridge.observability import loop_errors
from bridge.settings import Settings
from tests.integration.web import faulty
from tests.integration.web.conftest import Bridge, serving
from tests.integration.web.logged import Log, logged_to
from tests.integration.web.waiting import until
from tests.integration.web.wire import ask, connected, request
from tests.ledger.people import Directory, Person
from tests.ledger.routes import ROUTES

CANARY = "canary-5b1e"
MYSELF = "/api/v1/ledger/myself"
PERSON = Person("somebody")
KNOWN = [f"{name}: {value}" for each in (PERSON.authorization, PERSON.cookie) for name, value in each.items()]
# In the form of our own, so that they are looked up, and in forms that are refused.
CREDENTIALS = [
    f"Authorization: Bearer tbx_{CANARY:-<24}",
    f"Cookie: {SIGNIN_COOKIE}={CANARY:-<43}",
    f"Authorization: Basic {CANARY}",
    f"Cookie: {SIGNIN_COOKIE}={CANARY}",
    f"Cookie: {SIGNIN_COOKIE}={CANARY}; {SIGNIN_COOKIE}={CANARY}",
    f"Authorization: Bearer tbx_{CANARY:-<24}\nCookie: {SIGNIN_COOKIE}={CANARY:-<43}",
]
JSON = "Content-Type: application/json"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """The log of this process goes to a file, and back to where it went afterwards."""
    with logged_to(tmp_path / "log") as found:
        yield found


@pytest.fixture
async def bridge(log: Log, tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Bridge]:
    assert log.sink.lost == 0
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url, trusted_proxies=("127.0.0.1/32",))
    directory = Directory([PERSON])
    app = create_app(
        settings, authenticator=directory.authenticator(lambda: app), extra_routes=(*faulty.ROUTES, *ROUTES)
    )
    async with serving(app) as started:
        yield started


async def test_each_answer_has_one_line_that_names_route_and_request(bridge: Bridge, log: Log) -> None:
    received = await ask(bridge.port, request(bridge.port, "/api/v1/ledger/accounts/nobody", method="HEAD"))

    (line,) = log.requests()
    assert received.header("X-Request-Id") == line["request_id"]
    assert {
        "level": "info",
        "method": "HEAD",
        "route": "GET /api/v1/ledger/accounts/{account}",
        "status": received.status,
        "address": "127.0.0.0/24",
    }.items() <= line.items()
    assert line["bytes"] > 100
    assert 0 < line["duration_ms"] < 60_000


async def test_nothing_that_was_sent_is_logged(bridge: Bridge, log: Log) -> None:
    headers = "\n".join(
        f"{name}: {CANARY}"
        for name in ("User-Agent", "Referer", "Cookie", "Authorization", "X-Request-Id", "Idempotency-Key", "X-A")
    )
    body = orjson.dumps({CANARY: CANARY, "amounts": [CANARY]})
    requests = [
        request(bridge.port, f"/health/live?{CANARY}={CANARY}", headers=headers),
        request(bridge.port, f"/{CANARY}", headers=headers),
        request(bridge.port, f"/api/v1/ledger/accounts/{CANARY}", headers=headers),
        request(bridge.port, "/api/v1/ledger/total", method="POST", body=body, headers=f"{JSON}\n{headers}"),
        request(bridge.port, "/api/v1/ledger/total", method="POST", body=body[:-1], headers=f"{JSON}\n{headers}"),
        request(bridge.port, headers=f"Origin: https://{CANARY}.example"),
        f"GET /{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\n\r\n".encode(),
        f"{CANARY} / HTTP/1.1\r\n\r\n".encode(),
        f"GET / HTTP/1.1\r\nHost: a\r\n{CANARY}\x00: {CANARY}\r\n\r\n".encode(),
        *(
            request(bridge.port, target)
            for target in ("/raising", "/undeclared", "/http-exception", "/connection-error")
        ),
        request(bridge.port, "/raising", method="POST", headers=f"Idempotency-Key: {CANARY}-0123456789"),
    ]
    for name in (
        "GET /api/v1/ledger/audit",
        "GET /api/v1/ledger/myself",
        f"DELETE /api/v1/tenants/{CANARY}/ledger/books/x",
    ):
        method, target = name.split()
        requests += [
            request(bridge.port, target, method=method, headers=f'{credential}\nIf-Match: "{CANARY}"')
            for credential in CREDENTIALS
        ]
    for data in requests:
        await ask(bridge.port, data)
    async with connected(bridge.port) as wire:
        await wire.send(
            request(bridge.port, "/api/v1/ledger/total", method="POST", headers=f"{JSON}\nContent-Length: 99")
        )
        await wire.send(CANARY.encode())
    await until(lambda: len(log.requests()) > len(requests))

    assert CANARY not in log.text()
    assert len(log.lines()) > len(log.requests())  # the errors were told


async def test_a_credential_of_somebody_is_in_no_log_answer_or_metric_though_the_look_up_breaks(
    bridge: Bridge, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: Directory, credentials: object) -> None:
        raise ValueError(f"{credentials!r} cannot be looked up")

    answers = [await ask(bridge.port, request(bridge.port, MYSELF, headers=each)) for each in KNOWN]
    monkeypatch.setattr(Directory, "find", broken)
    answers += [await ask(bridge.port, request(bridge.port, MYSELF, headers=each)) for each in CREDENTIALS[:2]]

    assert [200, 200, 500, 500] == [answer.status for answer in answers]
    shown = b"".join(answer.body + repr(answer.headers).encode() for answer in answers).decode()
    for text in (shown, log.text(), orjson.dumps(bridge.app[METRICS].snapshot()).decode()):
        assert all(secret not in text for secret in (CANARY, PERSON.bearer, PERSON.signin))


async def test_an_unexpected_error_is_told_by_kind_and_place_under_its_request(bridge: Bridge, log: Log) -> None:
    received = await ask(bridge.port, request(bridge.port, "/raising"))

    (line,) = [line for line in log.lines() if line["level"] == "error"]
    assert received.json["request_id"] == line["request_id"]
    assert "ValueError" == line["error"][0]["type"]
    assert any("integration/web/faulty.py:" in frame for frame in line["error"][0]["frames"])


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.77", "198.51.100.0/24"),
        ("203.0.113.9, 198.51.100.77", "198.51.100.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:198.51.100.77", "198.51.100.0/24"),
        (f'"{CANARY}', "127.0.0.0/24"),
        (f'198.51.100.77, {CANARY}","x":"', "127.0.0.0/24"),
    ],
)
async def test_addresses_are_truncated(bridge: Bridge, log: Log, forwarded: str, address: str) -> None:
    await ask(bridge.port, request(bridge.port, headers=f"X-Forwarded-For: {forwarded}"))

    assert address == log.requests()[-1]["address"]
    for whole in ("198.51.100.77", "203.0.113.9", "3:4:5:6", CANARY):
        assert whole not in log.text()


async def test_a_task_that_fails_alone_is_told_without_its_words(bridge: Bridge, log: Log) -> None:
    loop_errors.install(asyncio.get_running_loop())

    async def fail() -> None:
        raise ValueError(CANARY)

    task = asyncio.ensure_future(fail())
    await asyncio.wait([task])
    del task

    (line,) = [line for line in log.lines() if line["level"] == "error"]
    assert ("bridge.observability.loop_errors", "ValueError") == (line["logger"], line["error"][0]["type"])
    assert CANARY not in log.text()
    assert bridge.port


def test_warnings_threads_and_the_end_of_the_process_go_the_same_way(log: Log) -> None:
    def fail() -> None:
        raise ValueError(CANARY)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    thread = threading.Thread(target=fail, name=CANARY)
    thread.start()
    thread.join()
    sys.excepthook(ValueError, ValueError(CANARY), None)
    logging.getLogger("a.library").error(f"it said {CANARY}")  # noqa: G004 - what libraries do
    logging.getLogger("a.library").error("it said %s", CANARY)

    assert CANARY not in log.text()
    assert ["py.warnings", "bridge.observability.logs", "bridge.observability.logs", "a.library", "a.library"] == [
        line["logger"] for line in log.lines()
    ]
    assert ["it said %s"] == [
        line["template"] for line in log.lines() if line["logger"] == "a.library" and "template" in line
    ]


async def test_the_metrics_name_routes_and_never_what_was_asked_for(bridge: Bridge) -> None:
    for target in (f"/{CANARY}", f"/api/v1/ledger/accounts/{CANARY}", "/health/live"):
        await ask(bridge.port, request(bridge.port, target))

    snapshot = bridge.app[METRICS].snapshot()

    assert CANARY not in orjson.dumps(snapshot).decode()
    counted = {
        (labels["route"], labels["status"]): value
        for ending, labels, value in snapshot["toolboxai_request_duration_seconds"]
        if ending == "_count"
    }
    assert {
        ("-", "4xx"): 1,
        ("GET /api/v1/ledger/accounts/{account}", "5xx"): 1,
        ("GET /health/live", "2xx"): 1,
    } == counted
