"""For requests that a machine made up: who asks, what is there, and which refusals of theirs are right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import delete

from backend.accounts.people.rights import Grant
from backend.accounts.signin.models import SigninTriesRow
from backend.db.unit import Transaction
from backend.web.keys import DATABASE
from tests.contract.access_requests import REQUESTS
from tests.contract.access_table import Place
from tests.contract.account_requests import ABOUT_ONESELF, Prepared
from tests.integration.web.conftest import Bridge
from tests.ledger.people import CLASS, DISTRICT, SCHOOL, Person

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
    "not a signed request": "a request is signed by a session, which no schema says",
    "A channel is": "a channel is one that can be, and whose it is its name says",
    "channels, each once": "what is followed is written as the protocol has it",
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
    proves_anew=True,
)


@dataclass(frozen=True, slots=True)
class Asked:
    bridge: Bridge
    by: Person


async def make_ready(asked: Asked, label: str) -> Prepared:
    app = asked.bridge.app
    await app[DATABASE].write(forget_tries)
    prepare = REQUESTS.get(label) or ABOUT_ONESELF.get(label)
    return Prepared() if prepare is None else await prepare(app, Place("own", asking=asked.by))


async def forget_tries(tx: Transaction) -> None:
    """What was made up as a password must not make the next one wait."""
    await tx.execute(delete(SigninTriesRow))


def make_real(case: Any, prepared: Prepared) -> None:
    """Name what is there instead of what could be."""
    named = {"tenant_id": SCHOOL, "class_id": CLASS, "stream_id": "x" * 22, **prepared.values}
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
