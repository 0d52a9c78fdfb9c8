"""Cookies and bearers: one form, one of them, and no page of another site behind them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from backend.web.credentials import SIGNIN_COOKIE
from bridge.gate.limits import RULES
from bridge.settings import Settings
from tests.integration.web.conftest import Bridge, serving
from tests.integration.web.wire import Received, ask, request
from tests.ledger.books.routes import BOOKS, MYSELF
from tests.ledger.people import CLASS, SCHOOL, Directory, one_of_each
from tests.ledger.worker import create_app

PEOPLE = one_of_each()
TEACHER = PEOPLE["teacher"]
COOKIE = f"{SIGNIN_COOKIE}={TEACHER.signin}"
BEARER = f"Authorization: Bearer {TEACHER.bearer}"
NEW_BOOK = b'{"class_id":"%b","title":"Sums"}' % CLASS.encode()
TO_BOOKS = BOOKS.format(tenant_id=SCHOOL)


@pytest.fixture
async def bridge(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Bridge]:
    """A bridge that knows somebody for each role."""
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)
    async with serving(create_app(settings, directory=Directory(PEOPLE.values()))) as started:
        yield started


async def get(bridge: Bridge, headers: str, *, target: str = MYSELF) -> Received:
    return await ask(bridge.port, request(bridge.port, target, headers=headers))


async def post(bridge: Bridge, headers: str, *, content_type: str = "application/json") -> Received:
    lines = f"{headers}\nContent-Type: {content_type}\nIdempotency-Key: {'k' * 16}".replace("\n\n", "\n")
    return await ask(bridge.port, request(bridge.port, TO_BOOKS, method="POST", headers=lines, body=NEW_BOOK))


@pytest.mark.parametrize(
    "headers",
    [
        BEARER,
        BEARER.replace("Bearer", "bearer"),
        f"Cookie: {COOKIE}",
        f"Cookie: theme=dark; {COOKIE}; _ga=1",
        f"Cookie: {COOKIE};odd",
        f'Cookie: a="b;{COOKIE}',
        f"Cookie: theme=dark\nCookie: {COOKIE}",
        f"Cookie: my{COOKIE}; {COOKIE}",
        f"{BEARER}\nCookie: theme=dark",
    ],
)
async def test_who_says_who_they_are_in_the_right_form_is_known(bridge: Bridge, headers: str) -> None:
    received = await get(bridge, headers)

    assert (200, {"kind": "person", "id": TEACHER.id}) == (received.status, received.json)


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Cookie: theme=dark",
        f"Cookie: my{COOKIE}",
        f"Cookie: {COOKIE.replace('__Host-', '')}",
        f"Cookie: {COOKIE.replace('__Host-', '__HOST-')}",
        f"Cookie: {COOKIE[:-1]}",
        f"Cookie: {COOKIE}x",
        f"Cookie: {SIGNIN_COOKIE}=",
        f"Cookie: {SIGNIN_COOKIE}",
        f'Cookie: {SIGNIN_COOKIE}="{TEACHER.signin}"',
        f"Cookie: {SIGNIN_COOKIE}= {TEACHER.signin}",
        f"Cookie: {SIGNIN_COOKIE}={'x' * 43}",
        "Authorization: Bearer",
        "Authorization: Bearer tbx_test_" + "x" * 20,
        f"Authorization: Bearer {TEACHER.signin}",
        f"Authorization: {TEACHER.bearer}",
        f"Authorization: Basic {TEACHER.bearer}",
        f"Authorization: Bearer  {TEACHER.bearer}",
        f"Authorization: Bearer {TEACHER.bearer}, Bearer {TEACHER.bearer}",
        "Authorization: Bearer tbx_" + "x" * 300,
    ],
)
async def test_everybody_else_is_nobody_and_told_the_same_for_all_that_is_wrong(bridge: Bridge, headers: str) -> None:
    received = await get(bridge, headers)

    assert (401, "unauthenticated") == (received.status, received.json["code"])
    assert "Bearer" == received.header("WWW-Authenticate")
    brought = "Authorization" in headers or f"{SIGNIN_COOKIE.lower()}" in headers.lower().replace("my__", "")
    assert brought == received.json["detail"].startswith("What this request brings")


@pytest.mark.parametrize(
    "headers",
    [
        f"{BEARER}\nCookie: {COOKIE}",
        f"{BEARER}\n{BEARER}",
        f"Cookie: {COOKIE}; {COOKIE}",
        f"Cookie: {COOKIE}\nCookie: {COOKIE}",
        f"Cookie: {COOKIE}; {SIGNIN_COOKIE}=planted",
        f"Cookie: {COOKIE}; __host-toolboxai=planted",
        f"Cookie: {SIGNIN_COOKIE}=planted; {COOKIE}",
    ],
)
async def test_what_could_be_read_in_two_ways_is_refused(bridge: Bridge, headers: str) -> None:
    received = await get(bridge, headers)

    assert (400, "invalid_request") == (received.status, received.json["code"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (BEARER, 200),
        (f"Cookie: {COOKIE}", 200),
        (f"Cookie: Bearer {TEACHER.bearer}", 401),
        (f"Cookie: {BEARER}", 401),
        (f"Authorization: {COOKIE}", 401),
        (f"{BEARER}x", 401),
        (f"Cookie: {COOKIE}x", 401),
        (f"{BEARER}\nCookie: {COOKIE}", 400),
        (f"{BEARER}\n{BEARER}", 400),
        (f"Cookie: {COOKIE}\nCookie: {COOKIE}", 400),
    ],
)
async def test_that_somebody_is_remembered_makes_no_other_form_theirs(
    bridge: Bridge, headers: str, status: int
) -> None:
    for known in (BEARER, f"Cookie: {COOKIE}"):
        assert 200 == (await get(bridge, known)).status

    assert status == (await get(bridge, headers)).status


async def test_the_cookie_of_somebody_who_is_remembered_changes_nothing_for_another_page(bridge: Bridge) -> None:
    assert 200 == (await get(bridge, f"Cookie: {COOKIE}")).status

    assert 403 == (await post(bridge, f"Cookie: {COOKIE}")).status


@pytest.mark.parametrize(("counted", "burst"), [("address", 3), ("account", 3), ("tenant", 3), ("read", 3)])
async def test_each_limit_counts_those_who_are_remembered_too(
    tmp_path: Path, sqlite_database: DatabaseConfig, counted: str, burst: int
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)
    rules = [replace(rule, count=1, seconds=3600, burst=burst) if rule.name == counted else rule for rule in RULES]
    async with serving(create_app(settings, directory=Directory(PEOPLE.values()), rate_rules=rules)) as started:
        answers = [await get(started, BEARER) for _ in range(burst + 1)]

    assert [200, 200, 200, 429] == [each.status for each in answers]
    assert ["2", "1", "0", "0"] == [each.header("X-RateLimit-Remaining") for each in answers]
    assert all(f'"{counted}";q=3' in (each.header("RateLimit-Policy") or "") for each in answers)


async def test_a_request_that_its_account_may_not_send_is_still_counted_for_its_address(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)
    bursts = {"account": 1, "address": 4}
    rules = [
        replace(rule, count=1, seconds=3600, burst=bursts[rule.name]) if rule.name in bursts else rule for rule in RULES
    ]
    async with serving(create_app(settings, directory=Directory(PEOPLE.values()), rate_rules=rules)) as started:
        answers = [await get(started, BEARER) for _ in range(5)]

    policies = [(each.header("RateLimit-Policy") or "").partition(";")[0] for each in answers]
    assert ['"account"'] * 4 + ['"address"'] == policies


async def test_a_public_route_asks_nobody(bridge: Bridge) -> None:
    for headers in (f"{BEARER}\nCookie: {COOKIE}", "Authorization: Bearer nonsense", f"Cookie: {COOKIE}; {COOKIE}"):
        assert 200 == (await get(bridge, headers, target="/health/live")).status


@pytest.mark.parametrize("own", ["Origin: http://127.0.0.1:{port}", "Sec-Fetch-Site: same-origin"])
async def test_a_page_of_ours_may_change_something_with_a_cookie(bridge: Bridge, own: str) -> None:
    assert 201 == (await post(bridge, f"Cookie: {COOKIE}\n{own.format(port=bridge.port)}")).status


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-origin\nSec-Fetch-Site: cross-site",
        "Origin: null",
        "Origin: https://evil.example",
        "Referer: http://127.0.0.1/",
    ],
)
async def test_nobody_else_makes_a_browser_change_something(bridge: Bridge, headers: str) -> None:
    received = await post(bridge, f"Cookie: {COOKIE}\n{headers}")

    assert (403, "foreign_origin") == (received.status, received.json["code"])
    assert 0 == len((await get(bridge, f"Cookie: {COOKIE}", target=TO_BOOKS)).json["books"])


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_what_a_form_can_send_is_no_change(bridge: Bridge, content_type: str) -> None:
    own = f"Cookie: {COOKIE}\nOrigin: http://127.0.0.1:{bridge.port}"

    assert 415 == (await post(bridge, own, content_type=content_type)).status


async def test_a_program_with_a_key_needs_no_origin(bridge: Bridge) -> None:
    assert 201 == (await post(bridge, BEARER)).status
