"""Who gets what answer from each route, worked out from its record and the matrix.

`make access` writes it to access.csv, and the matrix to docs/permissions.md. test_access.py sends the requests and
holds a real application to the file.
"""

import csv
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.accounts.keys.tokens import routes as tokens
from backend.compliance import inventory
from backend.errors import RequestError
from backend.web.caller import ANYONE
from backend.web.permission import CLASS as CLASS_ID
from backend.web.permission import TENANT, authorise, demand
from backend.web.route import PUBLIC, Route
from backend.web.template import parse_template
from bridge.gate.sessions import routes as sessions
from bridge.keys import ROUTES
from bridge.realtime import routes as channels
from bridge.settings import Settings
from tests.contract import inventory_page, permissions_page
from tests.ledger.people import CLASS, DISTRICT, FOREIGN, MATRIX, OTHER_CLASS, SCHOOL, Person, everybody, now
from tests.ledger.worker import create_app

GOLDEN = Path(__file__).parent / "access.csv"
NOBODY = "anyone"
# What these answer depends on the credential itself, which no role of the matrix has.
_TOKENS = "a key, a refresh token, an access token: tests/integration/accounts/test_tokens.py and test_token_attacks.py"
_CHANNELS = "the channel that is asked for decides: tests/integration/realtime/test_rights.py"
_OPENINGS = "a device's proof, a game key over https: tests/integration/gate/sessions"
# What takes signed requests is asked by sessions of every scope in tests/contract/test_signed.py.
PROVED_ELSEWHERE: Mapping[str, str] = {
    f"POST {tokens.FAMILIES}": _TOKENS,
    f"POST {tokens.REFRESH}": _TOKENS,
    f"DELETE {tokens.CURRENT}": _TOKENS,
    f"POST {sessions.SESSION}": _OPENINGS,
    f"POST {sessions.GAME_SESSION}": _OPENINGS,
}
OF_CHANNELS: Mapping[str, str] = {route.name: _CHANNELS for route in channels.ROUTES if route.signed is None}
_PLAIN_CODES = {"unauthenticated", "forbidden", "not_found"}


@dataclass(frozen=True, slots=True)
class Place:
    """Which tenant, and which class of it, a request names."""

    name: str
    tenant_id: str = SCHOOL
    class_id: str = CLASS
    # Who asks there, once it is asked.
    asking: Person | None = None

    @property
    def values(self) -> Mapping[str, str]:
        return {TENANT: self.tenant_id, CLASS_ID: self.class_id}


NO_PLACE = Place("-")
TENANTS = (Place("own"), Place("district", DISTRICT), Place("foreign", FOREIGN))
CLASSES = (Place("own"), Place("own, other class", class_id=OTHER_CLASS), *TENANTS[1:])


def all_routes() -> Sequence[Route]:
    """Every route for callers that is not proved elsewhere, and those of the ledger; nothing is opened for it."""
    routes = create_app(Settings(data_dir=Path("nowhere")))[ROUTES]
    elsewhere = {*PROVED_ELSEWHERE, *OF_CHANNELS}
    found = [route for route in routes if route.signed is None and route.name not in elsewhere]
    return sorted(found, key=lambda route: (route.path, route.method))


def signed_routes() -> Sequence[Route]:
    """Every route that takes signed requests, those of the ledger too."""
    routes = create_app(Settings(data_dir=Path("nowhere")))[ROUTES]
    return sorted((route for route in routes if route.signed is not None), key=lambda route: route.name)


def places(route: Route) -> Sequence[Place]:
    names = parse_template(route.path).names
    if CLASS_ID in names:
        return CLASSES
    return TENANTS if TENANT in names else (NO_PLACE,)


def success(route: Route) -> int:
    """What a request that is right is answered: where a secret is shown once, 200 is the repeat."""
    found = sorted(status for status in route.answers if 200 <= status < 300)
    return found[-1] if route.again is not None else found[0]


def cell(status: int, code: str | None) -> str:
    return str(status) if code is None or code in _PLAIN_CODES else f"{status} {code}"


def expected(route: Route, person: Person | None, place: Place) -> str:
    if route.permission != PUBLIC:
        caller = ANYONE if person is None else person.caller(now())[0]
        try:
            authorise(demand(route, MATRIX.for_the_web), caller, place.values, now=time.time())
        except RequestError as error:
            return cell(error.status, error.code)
    return cell(success(route), None)


def table() -> Iterator[Sequence[str]]:
    callers: dict[str, Person | None] = {NOBODY: None, **everybody()}
    yield ("route", "permission", "place", *callers)
    for route in all_routes():
        for place in places(route):
            answers = (expected(route, person, place) for person in callers.values())
            yield (route.name, route.permission, place.name, *answers)


def written() -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table())
    return text.getvalue()


def golden() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Read the file: by route and place what each caller is answered."""
    with GOLDEN.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["route"], row["place"]): row for row in rows}


def main() -> None:
    GOLDEN.write_text(written(), encoding="utf-8")
    permissions_page.PAGE.write_text(permissions_page.written(MATRIX), encoding="utf-8")
    inventory_page.PAGE.write_text(inventory_page.written(inventory.load()), encoding="utf-8")


if __name__ == "__main__":
    main()
