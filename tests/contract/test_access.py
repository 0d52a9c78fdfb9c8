"""access.csv is what the records and the matrix say, and what a real application does."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from backend.db.config import sqlite_config
from backend.web.route import PUBLIC, Route
from bridge.keys import DATABASE
from bridge.settings import Settings
from tests.contract.access_requests import REQUESTS
from tests.contract.access_table import (
    GOLDEN,
    NOBODY,
    Place,
    all_routes,
    cell,
    golden,
    places,
    written,
)
from tests.contract.account_requests import ABOUT_ONESELF, Prepared, with_accounts
from tests.integration.web.conftest import Bridge, serving
from tests.ledger.people import Directory, Person, everybody
from tests.ledger.seed import seed_tenants
from tests.ledger.worker import create_app
from tests.servers.databases import in_thread

FILE = "toolboxai.db"
PEOPLE = everybody()
ROUTES = all_routes()


@dataclass(frozen=True, slots=True)
class Swept:
    bridge: Bridge
    people: Mapping[str, Person]


@dataclass(frozen=True, slots=True)
class Known:
    """A data folder in which everybody has an account, to be copied."""

    folder: Path
    people: Mapping[str, Person]


@pytest.fixture(scope="module")
def known(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("known") / "data"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / FILE)

    async def made() -> Mapping[str, Person]:
        async with serving(create_app(settings_of(folder), directory=Directory())) as started:
            await seed_tenants(started.app[DATABASE])
            return await with_accounts(started.app, PEOPLE.values())

    return Known(folder, in_thread(made()))


@pytest.fixture
async def swept(tmp_path: Path, known: Known) -> AsyncIterator[Swept]:
    """A bridge that knows everybody, each with an account."""
    folder = tmp_path / "data"
    await asyncio.to_thread(shutil.copytree, known.folder, folder)
    directory = Directory(known.people.values())
    async with serving(create_app(settings_of(folder), directory=directory)) as started:
        yield Swept(started, known.people)


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url=sqlite_config(folder / FILE).url)


async def sent(bridge: Bridge, route: Route, person: Person | None, place: Place) -> str:
    """Send a request that is right but perhaps for its sender, and return the cell of its answer."""
    prepare = {**REQUESTS, **ABOUT_ONESELF}.get(route.name)
    prepared = Prepared() if prepare is None else await prepare(bridge.app, replace(place, asking=person))
    target = route.path.format(**place.values, **prepared.values)
    headers = {"Idempotency-Key": str(uuid4()), **prepared.headers, **({} if person is None else person.authorization)}
    async with bridge.client.request(route.method, target, json=prepared.json, headers=headers) as answer:
        is_problem = answer.content_type == "application/problem+json"
        return cell(answer.status, (await answer.json(content_type=None))["code"] if is_problem else None)


def test_the_file_is_what_the_records_and_the_matrix_say() -> None:
    assert written() == GOLDEN.read_text(encoding="utf-8"), "run `make access`, and read the diff"


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
async def test_every_route_answers_every_role_in_every_place_as_the_file_says(swept: Swept, route: Route) -> None:
    callers: dict[str, Person | None] = {NOBODY: None, **swept.people}
    expected = golden()
    for place in places(route):
        row = expected[route.name, place.name]
        assert {name: row[name] for name in callers} == {
            name: await sent(swept.bridge, route, person, place) for name, person in callers.items()
        }, place.name


def test_every_route_that_takes_something_has_a_request_that_is_right() -> None:
    taking = {route.name for route in ROUTES if route.request is not None or set(route.path) & {"{"}}

    assert taking == REQUESTS.keys()


def test_somebody_is_let_in_and_somebody_is_not_wherever_a_permission_is_needed() -> None:
    let_in = {name for (name, _), row in golden().items() if any(row[caller].startswith("2") for caller in PEOPLE)}
    for (name, _), row in golden().items():
        answers = {row[caller] for caller in (NOBODY, *PEOPLE)}
        if row["permission"] == PUBLIC:
            assert 1 == len(answers), name
        else:
            assert "401" == row[NOBODY], name
            assert name in let_in
            assert not all(answer.startswith("2") for answer in answers), name


def test_in_a_foreign_tenant_only_the_platform_is_told_anything() -> None:
    for (name, place), row in golden().items():
        if place == "foreign":
            others = {row[caller] for caller in PEOPLE if caller != "platform_operator"}
            assert {"404"} == others, name
