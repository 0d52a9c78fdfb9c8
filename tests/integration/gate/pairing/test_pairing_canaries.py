"""No code and no key of a device gets into a log, an error, a metric or a table."""

from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import orjson
import pytest
from aiohttp import web

from backend.accounts.signin.hashing import Cost, Hasher
from backend.db.config import DatabaseConfig
from backend.web.keys import DATABASE
from bridge.app import create_app
from bridge.keys import METRICS
from bridge.settings import Settings
from tests.accounts.house import Answered
from tests.integration.compliance.test_erasure import rows_of
from tests.integration.gate.pairing.conftest import LAPTOP, GateHouse, approve, deny, let_in, look_up
from tests.integration.web.conftest import serving
from tests.integration.web.logged import Log, logged_to
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """The log of this process goes to a file, with all that it would ever say."""
    with logged_to(tmp_path / "log", level="debug") as found:
        yield found


@pytest.fixture
async def house(log: Log, tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[GateHouse]:
    assert log.sink.lost == 0
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    app: web.Application = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)))
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield GateHouse(app, bridge.client, tmp_path)


def spellings(asked: dict[str, str], key: str) -> list[str]:
    """Every way in which the codes and the key might be written."""
    raw, code = b64decode(key), urlsafe_b64decode(f"{asked['device_code']}=")
    user_code = asked["user_code"]
    texts = [asked["device_code"], user_code, user_code.replace("-", ""), key]
    return [*texts, raw.hex(), code.hex(), repr(raw)[2:-1], repr(code)[2:-1], b64encode(code).decode()]


async def test_no_code_and_no_key_is_told_to_who_should_not_know(house: GateHouse, log: Log) -> None:
    author = await house.author()
    asked = await house.pair()
    found = await look_up(author, asked["user_code"])
    assert 202 == (await house.redeem(asked)).status
    refused: list[Answered] = [
        await house.redeem(asked),
        await house.post("/v1/pair/redeem", {"device_code": asked["device_code"], "more": asked["device_code"]}),
        await house.post("/v1/pair/redeem", {"device_code": asked["device_code"] * 9}),
        await house.post("/v1/pair/redeem", {"device_code": asked["user_code"]}),
        await house.post("/v1/pair", {**LAPTOP, "version": f" {asked['device_code']}"}),
        await look_up(author, asked["user_code"] * 9),
        await look_up(author, asked["device_code"][:40]),
        await approve(author, asked["user_code"]),
        await approve(author, found.json["id"], (asked["user_code"],)),
    ]
    approved = await let_in(author, asked)
    refused.append(await deny(author, found.json["id"]))
    paired = await house.redeem(asked)
    secrets = spellings(asked, paired.json["device_key"])

    assert all(400 <= each.status < 500 for each in refused), [each.status for each in refused]
    said = {
        "the log": log.text(),
        "the metrics": orjson.dumps(house.app[METRICS].snapshot()).decode(),
        "errors": "\n".join(each.text for each in refused),
        "the tables": await rows_of(house.database),
        "what a person is shown": f"{orjson.dumps(approved)!r} {found.text}",
    }
    assert said["the log"].count("\n") > 10
    assert approved["device"]["id"] in said["the tables"]
    for place, text in said.items():
        for secret in secrets:
            assert secret.casefold() not in text.casefold(), f"{place} tells {secret}"
    assert SCHOOL in said["the tables"]
