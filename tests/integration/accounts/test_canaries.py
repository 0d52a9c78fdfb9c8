"""No address, password, code, link or cookie of anybody gets into a log, a metric, an error or an address."""

import re
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
from tests.accounts.house import Answered, House, words_of
from tests.integration.compliance.test_erasure import rows_of
from tests.integration.db.waiting import until
from tests.integration.web.conftest import serving
from tests.integration.web.logged import Log, logged_to
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants

EMAIL = "zzyzx.canary@school.example"
NAME = "Zzyzx Person"
PASSWORD = "zzyzx password of plain words"
OTHER = "zzyzx another row of other words"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """The log of this process goes to a file, with all that it would ever say."""
    with logged_to(tmp_path / "log", level="debug") as found:
        yield found


@pytest.fixture
async def house(log: Log, tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[House]:
    assert log.sink.lost == 0
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    app: web.Application = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)))
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield House(app, bridge.client, tmp_path)


async def test_nothing_of_anybody_is_told_to_who_should_not_know(house: House, log: Log) -> None:
    refused: list[Answered] = []
    secrets: list[str] = [EMAIL, EMAIL.upper(), PASSWORD, OTHER, NAME]
    person = await house.add_person(EMAIL, NAME, PASSWORD)
    await house.give(person, "school_admin", SCHOOL)
    browser = house.browser()
    assert 201 == (await browser.sign_in(EMAIL, PASSWORD)).status
    refused += [
        await house.browser().sign_in(EMAIL, OTHER),
        await house.browser().sign_in(EMAIL, f"{OTHER}\t"),
        await browser.ask("POST", "/api/v1/signins/current/step-up", {"password": OTHER}),
        await browser.ask("PUT", "/api/v1/me/password", {"password": PASSWORD, "new_password": EMAIL}),
        await browser.ask("POST", "/api/v1/signins", {"email": EMAIL, "password": PASSWORD, "more": PASSWORD}),
    ]
    assert 200 == (await browser.ask("POST", "/api/v1/signins/current/step-up", {"password": PASSWORD})).status
    begun = await browser.ask("POST", "/api/v1/me/authenticator")
    secrets.append(begun.json["secret"])
    await house.browser().ask("POST", "/api/v1/password-resets", {"email": EMAIL})
    await until(lambda: any("tbx_reset_" in words_of(each) for each in house.letters()))
    (link,) = {found for each in house.letters() for found in re.findall(r"tbx_reset_\w+", words_of(each))}
    secrets.append(link.split("_")[3])
    refused += [
        await browser.ask("PUT", "/api/v1/me/authenticator", {"code": "000000"}),
        await house.browser().ask("POST", "/api/v1/password-resets/completion", {"link": link, "password": "short"}),
        await house.browser().ask("POST", "/api/v1/password-resets/completion", {"link": link[:-1], "password": OTHER}),
        await house.browser().ask(
            "POST", "/api/v1/invitations/acceptance", {"link": link, "name": NAME, "password": OTHER}
        ),
        await house.browser().ask("GET", "/api/v1/me", Authorization=f"Bearer {link}"),
    ]
    secrets += browser.cookies.values()

    assert all(400 <= each.status < 500 for each in refused), [each.status for each in refused]
    said = {
        "the log": log.text(),
        "the metrics": orjson.dumps(house.app[METRICS].snapshot()).decode(),
        "errors": "\n".join(each.text for each in refused),
        "the tables": await rows_of(house.database),
    }
    assert said["the log"].count("\n") > 10
    for place, text in said.items():
        for secret in secrets:
            assert secret.casefold() not in text.casefold(), f"{place} tells {secret}"
        assert "zzyzx" not in text.casefold(), place
