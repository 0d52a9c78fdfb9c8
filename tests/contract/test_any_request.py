"""Requests that a machine makes up from our own OpenAPI document: no answer is another than the document says.

Schemathesis makes them, from a fixed seed. It calls a request right that its schema allows, and expects it to be taken;
where the product knows more than a schema can say, the refusal stands in KNOWN_BETTER with its reason.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from backend.accounts.keys.apikeys import service as api_keys
from backend.accounts.keys.apikeys.schemas import NewApiKey
from backend.accounts.keys.gamekeys import service as game_keys
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.people.rights import Grant
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.web.keys import DATABASE
from bridge.app import create_app
from bridge.settings import Settings
from tests.contract.access_table import PROVED_ELSEWHERE
from tests.integration.web.conftest import Bridge, serving
from tests.ledger.people import DISTRICT, MATRIX, SCHOOL, Directory, Person, now
from tests.ledger.seed import seed_tenants

EXAMPLES: Final = 30
LIMIT_SECONDS: Final = 10
# Refusals of requests that their schema allows, by the end of the field's path or by the words of the refusal.
KNOWN_BETTER: Final = {
    "/query/cursor": "a cursor is one that a page gave, which no pattern says",
    "/body/name": "a name has no character that cannot be seen",
    "/body/time_zone": "a time zone is one that the bridge's table has",
    "/body/parent_id": "a school is put into a district that is there",
    "/body/networks": "a network has no host bits, and is not every address",
    "stands twice": "what is named twice is a slip",
    "/body/scopes": "the permissions that a key may have stand in the matrix",
    "valid integer": "JSON Schema takes 7.0 for a whole number; here it is none",
}
# Bodies with what no schema can say, so that every operation is also taken.
REAL_BODIES: Final = {
    "POST /api/v1/tenants/{tenant_id}/api-keys": {"name": "Timetable", "scopes": ["class.read"], "days": 7},
    "POST /api/v1/tenants/{tenant_id}/game-keys": {"name": "Fractions", "universes": [1], "networks": ["10.0.0.0/8"]},
}
EVERYTHING: Final = Person(
    "everything",
    (
        Grant("platform_operator", "platform"),
        Grant("district_admin", "tenant", DISTRICT),
        Grant("school_admin", "tenant", SCHOOL),
    ),
    stepped_up_at=now(),
)


@pytest.fixture
async def bridge(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[Bridge]:
    """A bridge that knows somebody who may do everything in one school."""
    app = create_app(
        Settings(data_dir=tmp_path, database_url=database_config.url),
        authenticator=Directory([EVERYTHING]).authenticator(lambda: app),
    )
    async with serving(app) as started:
        await seed_tenants(app[DATABASE])
        yield started


async def test_every_answer_is_one_that_the_document_has(bridge: Bridge) -> None:
    async def unit(tx: Transaction) -> str:
        wanted = NewApiKey("Timetable", ("lesson.read",))
        return (await api_keys.create(tx, MATRIX, SCHOOL, wanted, by=("test", "")))[0].id

    async def game_unit(tx: Transaction) -> str:
        return (await game_keys.create(tx, SCHOOL, NewGameKey("Fractions", (1,)), by=("test", "")))[0].id

    key_id = await bridge.app[DATABASE].write(unit, tenant=SCHOOL)
    game_key_id = await bridge.app[DATABASE].write(game_unit, tenant=SCHOOL)
    # It sends requests in its own thread, while the bridge answers in this one.
    seen = await asyncio.to_thread(
        ask_everything, bridge.port, {"tenant_id": SCHOOL, "key_id": key_id, "game_key_id": game_key_id}
    )

    never_taken = {name for name, statuses in seen.items() if not any(200 <= each < 300 for each in statuses)}
    assert PROVED_ELSEWHERE.keys() == never_taken


def ask_everything(port: int, real: dict[str, str]) -> dict[str, set[int]]:
    """Ask every operation many times; return which statuses each was answered with."""
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/v1/openapi.json")
    seen: dict[str, set[int]] = {}
    # What deletes comes last: the others need what it takes away.
    operations = sorted(
        (operation_of(found) for found in schema.get_all_operations()),
        key=lambda each: (each.method == "delete", each.method == "delete" and -len(each.label), each.label),
    )
    for operation in operations:
        seen[operation.label] = set()
        ask(operation, real, seen[operation.label])
    return seen


def operation_of(found: Any) -> Any:
    """Return an operation of the document, or raise what is wrong with it."""
    return found.ok()


def ask(operation: Any, real: dict[str, str], statuses: set[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_real=st.booleans())
    def example(case: Any, is_real: bool) -> None:  # noqa: FBT001 - drawn
        if is_real:
            make_real(case, real)
        # What it makes up to say who asks is for the tests of that.
        case.headers.pop("Authorization", None)
        case.cookies = {}
        with requests.Session() as session:
            response = case.call(session=session, headers=EVERYTHING.authorization, timeout=LIMIT_SECONDS)
        statuses.add(response.status_code)
        excluded = [positive_data_acceptance] if knows_better(response) else []
        case.validate_response(response, excluded_checks=excluded)

    example()


def make_real(case: Any, real: dict[str, str]) -> None:
    """Name what is there instead of what could be."""
    kind = "game_" if "game-keys" in case.operation.path else ""
    case.path_parameters = {name: real.get(kind + name, real[name]) for name in case.path_parameters}
    if "If-Match" in case.headers:
        tenant = f"{case.operation.base_url.rstrip('/')}/api/v1/tenants/{SCHOOL}"
        shown = requests.get(tenant, headers=EVERYTHING.authorization, timeout=LIMIT_SECONDS)
        case.headers["If-Match"] = shown.headers["ETag"]
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if case.operation.label in REAL_BODIES:
        case.body = REAL_BODIES[case.operation.label]


def knows_better(response: Any) -> bool:
    if response.status_code in {412, 422}:
        return True  # another version, or a key that another request had: no fault of the request itself
    if response.status_code != 400:
        return False
    return any(known in told for told in refusals(response.json()) for known in KNOWN_BETTER)


def refusals(problem: dict[str, Any]) -> Iterator[str]:
    yield problem["detail"]
    for error in problem.get("errors", ()):
        yield f"{error['path']} {error['message']}"
