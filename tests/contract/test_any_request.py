"""Requests that a machine makes up from our own OpenAPI document: no answer is another than the document says.

Schemathesis makes them, from a fixed seed. It calls a request right that its schema allows, and expects it to be taken;
where the product knows more than a schema can say, the refusal stands in KNOWN_BETTER with its reason.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import delete

from backend.accounts.people.rights import Grant
from backend.accounts.signin.hashing import Cost, Hasher
from backend.accounts.signin.models import SigninTriesRow
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.web.keys import DATABASE
from bridge.app import create_app
from bridge.settings import Settings
from tests.audit.keys import FixedKeys
from tests.contract.access_requests import REQUESTS
from tests.contract.access_table import PROVED_ELSEWHERE, Place
from tests.contract.account_requests import ABOUT_ONESELF, Prepared, with_accounts
from tests.integration.web.conftest import Bridge, serving
from tests.ledger.people import CLASS, DISTRICT, SCHOOL, Directory, Person, now
from tests.ledger.seed import seed_tenants

EXAMPLES: Final = 8
EXAMPLES_OF_THE_PROOF: Final = 200
LIMIT_SECONDS: Final = 10
# Refusals of requests that their schema allows, by the end of the field's path or by the words of the refusal.
KNOWN_BETTER: Final = {
    "/query/cursor": "a cursor is one that a page gave, which no pattern says",
    "/body/email": "an address is one that mail can be sent to",
    "/body/password": "a password is none that others would guess",
    "/body/new_password": "a password is none that others would guess",
    "/body/role": "a role is one of the matrix, and is given where it fits",
    "/body/class_id": "a class is named with a role that is given in one",
    "/body/until": "a role ends in the time to come",
    "has a second factor": "whether a code is needed is the account's affair",
    "/body/name": "a name has no character that cannot be seen",
    "/body/time_zone": "a time zone is one that the bridge's table has",
    "/body/parent_id": "a school is put into a district that is there",
    "/body/networks": "a network has no host bits, and is not every address",
    "stands twice": "what is named twice is a slip",
    "/body/scopes": "the permissions that a key may have stand in the matrix",
    "valid integer": "JSON Schema takes 7.0 for a whole number; here it is none",
}
# Refusals of requests that are right as far as their schema says, by status.
KNOWN_BETTER_STATUSES: Final = {
    410: "a link works once, and only one that was given out",
    412: "somebody else has changed it since",
    422: "a key that another request had",
    429: "tries that come too fast",
}
EVERYTHING: Final = Person(
    "everything",
    (
        Grant("platform_operator", "platform"),
        Grant("district_admin", "tenant", DISTRICT),
        Grant("school_admin", "tenant", SCHOOL),
        Grant("privacy_officer", "tenant", SCHOOL),
    ),
    stepped_up_at=now(),
)


@dataclass(frozen=True, slots=True)
class Asked:
    bridge: Bridge
    by: Person


@pytest.fixture
async def asked(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[Asked]:
    """A bridge that knows somebody who may do everything in one school."""
    directory = Directory()
    app = create_app(
        Settings(data_dir=tmp_path, database_url=database_config.url),
        authenticator=directory.authenticator(lambda: app),
        audit_keys=FixedKeys(),
        hasher=Hasher(Cost(memory_kib=1024, passes=1)),
    )
    async with serving(app) as started:
        await seed_tenants(app[DATABASE])
        (by,) = (await with_accounts(app, [EVERYTHING])).values()
        directory.add(by)
        yield Asked(started, by)


async def test_every_answer_is_one_that_the_document_has(asked: Asked) -> None:
    await ask_all(asked, EXAMPLES)


@pytest.mark.proof
@pytest.mark.timeout(1200)
async def test_so_it_is_over_many_requests(asked: Asked) -> None:
    await ask_all(asked, EXAMPLES_OF_THE_PROOF)


async def ask_all(asked: Asked, examples: int) -> None:
    loop = asyncio.get_running_loop()

    def prepare(label: str) -> Prepared:
        """Make ready what a request that is right names, and return it; called in the thread that asks."""
        work = make_ready(asked, label)
        return asyncio.run_coroutine_threadsafe(work, loop).result(LIMIT_SECONDS)

    # It sends requests in its own thread, while the bridge answers in this one.
    seen = await asyncio.to_thread(ask_everything, asked.bridge.port, prepare, examples)

    never_taken = {name for name, statuses in seen.items() if not any(200 <= each < 300 for each in statuses)}
    assert PROVED_ELSEWHERE.keys() == never_taken


async def make_ready(asked: Asked, label: str) -> Prepared:
    app = asked.bridge.app
    await app[DATABASE].write(forget_tries)
    prepare = REQUESTS.get(label) or ABOUT_ONESELF.get(label)
    return Prepared() if prepare is None else await prepare(app, Place("own", asking=asked.by))


async def forget_tries(tx: Transaction) -> None:
    """What was made up as a password must not make the next one wait."""
    await tx.execute(delete(SigninTriesRow))


def ask_everything(port: int, prepare: Callable[[str], Prepared], examples: int) -> dict[str, set[int]]:
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
        ask(operation, prepare, seen[operation.label], examples)
    return seen


def operation_of(found: Any) -> Any:
    """Return an operation of the document, or raise what is wrong with it."""
    return found.ok()


def ask(operation: Any, prepare: Callable[[str], Prepared], statuses: set[int], examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_real=st.booleans())
    def example(case: Any, is_real: bool) -> None:  # noqa: FBT001 - drawn
        if is_real:
            make_real(case, prepare(operation.label))
        # What it makes up to say who asks is for the tests of that.
        case.headers.pop("Authorization", None)
        case.cookies = {}
        with requests.Session() as session:
            response = case.call(session=session, headers=EVERYTHING.authorization, timeout=LIMIT_SECONDS)
        statuses.add(response.status_code)
        excluded = [positive_data_acceptance] if knows_better(response) else []
        case.validate_response(response, excluded_checks=excluded)

    example()


def make_real(case: Any, prepared: Prepared) -> None:
    """Name what is there instead of what could be."""
    named = {"tenant_id": SCHOOL, "class_id": CLASS, **prepared.values}
    case.path_parameters = {name: named[name] for name in case.path_parameters}
    case.headers.update(prepared.headers)
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if prepared.json is not None:
        case.body = prepared.json


def knows_better(response: Any) -> bool:
    if response.status_code in KNOWN_BETTER_STATUSES:
        return True
    if response.status_code != 400:
        return False
    return any(known in told for told in refusals(response.json()) for known in KNOWN_BETTER)


def refusals(problem: dict[str, Any]) -> Iterator[str]:
    yield problem["detail"]
    for error in problem.get("errors", ()):
        yield f"{error['path']} {error['message']}"
