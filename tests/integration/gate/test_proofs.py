"""When an answer is proven: after a right MAC always, whatever went wrong since, and over plain http alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.errors import DatabaseUnavailable
from backend.web.call import Answer, Call
from backend.web.route import SIGNED, IdempotentBy, Route
from bridge.app import create_app
from bridge.gate.signed.proof import Proof
from bridge.keys import DATABASE
from bridge.settings import Settings
from tests.audit.keys import FixedKeys
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import is_proven, send, written
from tests.integration.web.conftest import serving
from tests.integration.web.wire import Wire, connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.seed import seed_tenants

CANARY = "canary-7c3a"
NOTE = orjson.dumps({"text": CANARY})


async def get_raising(_call: Call[None, None, None]) -> Answer:
    raise ValueError(CANARY)


async def get_hanging(_call: Call[None, None, None]) -> Answer:
    await asyncio.Event().wait()
    return Answer(204)


async def put_away(_call: Call[None, None, None], _tx: Transaction) -> Answer:
    raise DatabaseUnavailable("The database is away.")


def route(path: str, **more: object) -> Route:
    usual = {"method": "GET", "answers": {204: None}, "permission": SIGNED, "signed": (), "rate_class": "read"}
    return Route(path=path, summary="Go wrong", **{**usual, **more})  # type: ignore[arg-type]


ROUTES = (
    route("/v1/raising", handler=get_raising),
    route("/v1/hanging", handler=get_hanging),
    route("/v1/away", handler=put_away, method="PUT", idempotent_by=IdempotentBy.STATE),
)


@pytest.fixture
async def faulty(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    settings = Settings(
        data_dir=tmp_path, database_url=sqlite_database.url, request_timeout_seconds=0.3, body_timeout_seconds=0.1
    )
    app = create_app(settings, extra_routes=ROUTES, audit_keys=FixedKeys())
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield House(bridge)


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/v1/raising", (500, "internal")),
        ("GET", "/v1/hanging", (503, "timed_out")),
        ("PUT", "/v1/away", (503, "database_unavailable")),
    ],
)
async def test_a_fault_of_ours_is_told_with_a_proof(
    faulty: House, method: str, path: str, answer: tuple[int, str]
) -> None:
    signer = await faulty.signer()
    async with connected(faulty.bridge.port) as wire:
        request = signer.sign(method, path)
        received = await send(wire, request)

    assert answer == (received.status, received.json["code"])
    assert is_proven(signer.session, request, received)


async def test_a_body_that_comes_too_slowly_is_cut_with_a_proof(faulty: House) -> None:
    signer = await faulty.signer()
    async with connected(faulty.bridge.port) as wire:
        request = signer.sign("PUT", "/v1/away", b"12345")
        await wire.send(written(request)[:-1])
        received = await wire.receive()
        assert await wire.is_closed_by_the_other_side()

    assert (408, "request_timed_out") == (received.status, received.json["code"])
    assert is_proven(signer.session, request, received)


async def test_over_https_the_time_is_told_and_the_proof_left_out(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    async with open_house(tmp_path, sqlite_database, trusted_proxies=("127.0.0.1/32",)) as house:
        signer = await house.signer()
        async with connected(house.bridge.port) as wire:
            said = {
                name: await send(wire, signer.sign("GET", NOTES), add=lines)
                for name, lines in {
                    "https": ("X-Forwarded-Proto: https",),
                    "http": ("X-Forwarded-Proto: http",),
                    "nothing": (),
                    "both": ("X-Forwarded-Proto: https", "X-Forwarded-Proto: http"),
                }.items()
            }

    assert {"https": False, "http": True, "nothing": True, "both": True} == {
        name: each.header("Answer-Proof") is not None for name, each in said.items()
    }
    assert None not in {each.header("Tbx-Time-Milliseconds") for each in said.values()}


async def test_whoever_is_no_proxy_of_ours_cannot_switch_the_proof_off(house: House, wire: Wire) -> None:
    signer = await house.signer()
    request = signer.sign("GET", NOTES)

    assert is_proven(signer.session, request, await send(wire, request, add=("X-Forwarded-Proto: https",)))


async def test_a_proof_that_cannot_be_made_is_a_fault_of_ours_that_is_logged(
    house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_self: object, _reply: object, *, to_head: bool) -> bytes:
        raise ArithmeticError(f"{CANARY} {to_head}")

    signer = await house.signer()
    with monkeypatch.context() as patched:
        patched.setattr(Proof, "__call__", broken)
        received = await send(wire, signer.sign("GET", NOTES))
    assert (500, "internal") == (received.status, received.json["code"])
    assert received.header("Answer-Proof") is None
    assert b"canary" not in received.body
    assert "a request ended in an unexpected error" in caplog.messages

    assert 200 == (await send(wire, signer.sign("GET", NOTES))).status
