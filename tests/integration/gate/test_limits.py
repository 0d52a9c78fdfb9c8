"""Rate limits on a real socket, for signed requests and for all others."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from bridge.gate.limits import RULES, Rule
from bridge.keys import METRICS
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.web.wire import Received, Wire, ask, connected, request
from tests.ledger.notes.routes import NOTES

Open = Callable[..., AbstractAsyncContextManager[House]]


def rules(**bursts: int) -> tuple[Rule, ...]:
    """The table with other bursts, of which nothing comes back while a test looks on."""
    return tuple(
        replace(rule, count=1, seconds=3600, burst=bursts[rule.name]) if rule.name in bursts else rule for rule in RULES
    )


@pytest.fixture
def open_with(tmp_path: Path, sqlite_database: DatabaseConfig) -> Open:
    @asynccontextmanager
    async def opened(*, settings: dict[str, Any] | None = None, **bursts: int) -> AsyncIterator[House]:
        async with open_house(tmp_path, sqlite_database, rules=rules(**bursts), **(settings or {})) as house:
            yield house

    return opened


def told(received: Received) -> tuple[str, ...]:
    names = ("RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    return tuple(received.header(name) or "" for name in names)


async def get(signer: Signer, wire: Wire) -> Received:
    return await send(wire, signer.sign("GET", NOTES))


async def test_an_answer_tells_the_tightest_limit_that_counted_it(open_with: Open) -> None:
    async with open_with(session=3) as house, connected(house.bridge.port) as wire:
        signer = await house.signer()
        first, second = await get(signer, wire), await get(signer, wire)

    assert ('"session";q=3;w=10800', "3", "2") == told(first)[:3]
    assert told(first)[3] in {"3600", "3601"}
    assert f'"session";r=2;t={told(first)[3]}' == first.header("RateLimit")
    assert '"session";r=1' == (second.header("RateLimit") or "").partition(";t=")[0]


@pytest.mark.parametrize("name", ["session", "account", "tenant", "read"])
async def test_each_limit_of_signed_requests_refuses_with_a_proof_and_says_when_to_come_back(
    open_with: Open, name: str
) -> None:
    async with open_with(**{name: 1}) as house, connected(house.bridge.port) as wire:
        signer = await house.signer()
        assert 200 == (await get(signer, wire)).status
        signed = signer.sign("GET", NOTES)
        refused = await send(wire, signed)
        limited = dict(house.gate.meter.limited)

    assert (429, "too_many_requests") == (refused.status, refused.json["code"])
    assert is_proven(signer.session, signed, refused)
    # What was told is time enough, and spread upwards alone.
    assert 3590 <= int(refused.header("Retry-After") or 0) <= 3970
    assert (name, "0") == (told(refused)[0].split('"')[1], told(refused)[2])
    assert {name: 1} == limited


async def test_the_address_is_counted_before_anything_is_proven(open_with: Open) -> None:
    async with open_with(address=1) as house, connected(house.bridge.port) as wire:
        signer = await house.signer()
        assert 200 == (await get(signer, wire)).status
        refused = await get(signer, wire)
        # Those that are not signed have the same bucket.
        other = await ask(house.bridge.port, request(house.bridge.port, "/api/v1/about"))

    assert [(429, None)] * 2 == [(each.status, each.header("Answer-Proof")) for each in (refused, other)]
    assert ('"address";q=1;w=3600', "1", "0") == told(other)[:3]


async def test_a_class_that_anybody_may_ask_is_counted_for_each_address(open_with: Open) -> None:
    async with open_with(cheap=2) as house:
        port = house.bridge.port
        answers = [await ask(port, request(port, "/api/v1/about")) for _ in range(3)]
        health = await ask(port, request(port))

    assert [200, 200, 429] == [each.status for each in answers]
    assert [('"cheap";q=2;w=7200', "2", left) for left in "100"] == [told(each)[:3] for each in answers]
    assert 200 == health.status


async def test_a_limit_in_shadow_counts_what_it_would_have_refused_and_lets_it_through(open_with: Open) -> None:
    async with open_with(settings={"shadow_limits": ("session", "cheap")}, session=1, cheap=1) as house:
        signer, port = await house.signer(), house.bridge.port
        async with connected(port) as wire:
            signed = [(await get(signer, wire)).status for _ in range(3)]
        others = [(await ask(port, request(port, "/api/v1/about"))).status for _ in range(3)]
        snapshot = house.app[METRICS].snapshot()

    assert [200] * 6 == signed + others
    shadowed = {labels["limit"]: value for _, labels, value in snapshot["toolboxai_limit_shadowed_total"]}
    assert {"cheap": 2, "session": 2} == shadowed
    assert [] == snapshot["toolboxai_limit_refused_total"]


async def test_another_address_has_a_bucket_of_its_own_and_a_network_of_ipv6_has_one(open_with: Open) -> None:
    async with open_with(settings={"trusted_proxies": ("127.0.0.1/32",)}, address=1) as house:
        port = house.bridge.port
        froms = ("192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8:1:2::1", "2001:db8:1:2::9", "2001:db8:1:3::1")
        statuses = [(await ask(port, request(port, headers=f"X-Forwarded-For: {address}"))).status for address in froms]

    assert [200, 200, 429, 200, 429, 200] == statuses


async def test_the_gate_tells_its_numbers(open_with: Open) -> None:
    async with open_with() as house, connected(house.bridge.port) as wire:
        signer = await house.signer()
        request_ = signer.sign("GET", NOTES)
        await send(wire, request_)
        await send(wire, request_)
        snapshot = house.app[METRICS].snapshot()

    verdicts = {labels["verdict"]: value for _, labels, value in snapshot["toolboxai_gate_verdicts_total"]}
    assert {"need_record": 1, "admitted": 1, "replayed": 1} == verdicts
    assert [("_total", {}, 1)] == snapshot["toolboxai_gate_record_loads_total"]


async def test_the_limit_of_an_address_in_shadow_is_counted_for_signed_requests_whatever_becomes_of_them(
    open_with: Open,
) -> None:
    async with open_with(settings={"shadow_limits": ("address",)}, address=1) as house:
        signer = await house.signer()
        async with connected(house.bridge.port) as wire:
            statuses = [(await get(signer, wire)).status for _ in range(2)]
            statuses.append((await send(wire, signer.sign("GET", NOTES), add=("Signature: tbx=:AAAA:",))).status)
            statuses.append((await send(wire, signer.sign("GET", NOTES, created=1))).status)
            statuses.append((await ask(house.bridge.port, request(house.bridge.port))).status)
        snapshot = house.app[METRICS].snapshot()

    # What is malformed is refused before its address is looked at.
    assert [200, 200, 400, 401, 200] == statuses
    assert {"address": 3} == {labels["limit"]: each for _, labels, each in snapshot["toolboxai_limit_shadowed_total"]}
