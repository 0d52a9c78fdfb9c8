"""The application as a whole: what it opens, what it refuses, and that it keeps to its own description."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import text

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.migrations.revisions import head
from backend.db.unit import Transaction
from backend.errors import DatabaseError
from backend.web.server import Runner
from bridge.app import create_app
from bridge.keys import DATABASE, METRICS, OUTBOX
from bridge.observability import catalogue
from bridge.settings import Settings
from tests.integration.web.conftest import Bridge
from tests.integration.web.waiting import until


async def test_the_description_it_serves_is_valid_and_whole(bridge: Bridge) -> None:
    async with bridge.client.get("/api/v1/openapi.json") as response:
        assert "application/json" == response.headers["Content-Type"]
        served = await response.json()

    OpenAPIV31SpecValidator(served).validate()
    assert {"/api/v1/about", "/api/v1/openapi.json", "/health/live", "/health/ready"} <= served["paths"].keys()


async def test_every_answer_is_as_described(ledger: Bridge) -> None:
    async with ledger.client.get("/api/v1/openapi.json") as response:
        served: dict[str, Any] = await response.json()
    account = "/api/v1/ledger/accounts/{account}"
    batch = {"entries": [{"id": "entry-0001", "amount": 1}]}
    calls: list[tuple[str, str, object, int]] = [
        ("GET", "/api/v1/about", None, 200),
        ("GET", "/health/live", None, 200),
        ("GET", "/health/ready", None, 200),
        ("POST", "/api/v1/ledger/accounts", {"name": "a"}, 201),
        ("POST", f"{account}/entries", {"amount": 5}, 201),
        ("PUT", f"{account}/entries/batch", batch, 200),
        ("GET", account, None, 200),
        ("GET", f"{account}/entries", None, 200),
        ("POST", "/api/v1/ledger/total", {"amounts": [1]}, 200),
        ("POST", "/api/v1/ledger/total", {"amounts": ["1"]}, 400),
        ("POST", "/api/v1/ledger/accounts", {"name": "a"}, 409),
        ("GET", "/api/v1/ledger/audit", None, 401),
    ]
    for method, path, json, status in calls:
        headers = {"Idempotency-Key": str(uuid4())}
        async with ledger.client.request(method, path.replace("{account}", "a"), json=json, headers=headers) as answer:
            assert status == answer.status, path
            found = await answer.json(content_type=None)
        responses = served["paths"][path][method.lower()]["responses"]
        described = responses.get(str(status)) or served["components"]["responses"]["Problem"]
        assert [answer.content_type] == list(described["content"])
        schema = described["content"][answer.content_type]["schema"]
        OAS31Validator({**schema, "components": served["components"]}).validate(found)


async def test_a_database_that_was_never_migrated_is_refused(tmp_path: Path) -> None:
    runner = Runner(create_app(Settings(data_dir=tmp_path)))
    with pytest.raises(DatabaseError, match="migrate"):
        await runner.setup()
    await runner.cleanup()


async def test_a_database_of_another_version_is_refused_and_both_are_named(
    tmp_path: Path, database_config: DatabaseConfig, owner_config: DatabaseConfig
) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async with open_database(owner_config) as database:
        await database.write(unit)
    runner = Runner(create_app(Settings(data_dir=tmp_path, database_url=database_config.url)))
    with pytest.raises(DatabaseError) as raised:
        await runner.setup()
    await runner.cleanup()

    assert "9999" in raised.value.sentence
    assert head() in raised.value.sentence


async def test_the_outbox_is_led_and_counted(ledger: Bridge) -> None:
    await until(lambda: ledger.app[OUTBOX].is_leader)

    snapshot = ledger.app[METRICS].snapshot()

    assert [("", {}, 1.0)] == snapshot[catalogue.OUTBOX_LEADER.name]
    assert catalogue.OUTBOX_ROWS.name in snapshot


async def test_what_it_opened_is_closed_when_it_ends(tmp_path: Path, database_config: DatabaseConfig) -> None:
    app = create_app(Settings(data_dir=tmp_path, database_url=database_config.url))
    runner = Runner(app)
    await runner.setup()
    await app[DATABASE].ping()
    await runner.cleanup()

    assert not app[OUTBOX].is_leader
