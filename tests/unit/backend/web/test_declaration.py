from dataclasses import dataclass, replace

import pytest

from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.declaration import RoutesRefused, check
from backend.web.route import PUBLIC, IdempotentBy, Route


@dataclass(frozen=True, slots=True)
class Thing:
    thing: str


@dataclass
class Loose:
    thing: str


async def read(_call: Call[None, None, None]) -> Answer:
    return Answer(200)


async def read_one(_call: Call[None, None, Thing]) -> Answer:
    return Answer(200)


async def write(_call: Call[Thing, None, None], _tx: Transaction) -> Answer:
    return Answer(201)


async def write_without_transaction(_call: Call[Thing, None, None]) -> Answer:
    return Answer(201)


async def answer_nothing(_call: Call[None, None, None]) -> None:
    return None


async def take_nothing() -> Answer:
    return Answer(200)


def not_async(_call: Call[None, None, None]) -> Answer:
    return Answer(200)


READ = Route(
    method="GET",
    path="/things",
    handler=read,
    answers={200: Thing},
    permission=PUBLIC,
    rate_class="read",
    summary="All things",
)
READ_ONE = replace(READ, path="/things/{thing}", handler=read_one, params=Thing)
WRITE = replace(READ, method="POST", handler=write, request=Thing, idempotent_by=IdempotentBy.KEY)


def test_routes_that_are_declared_right_are_taken() -> None:
    check([READ, READ_ONE, WRITE, replace(READ, path="/files", answers={200: bytes, 204: None})])
    check([replace(WRITE, handler=write_without_transaction, idempotent_by=IdempotentBy.SAFE)])


@pytest.mark.parametrize(
    ("fault", "route"),
    [
        ("none of", replace(READ, method="get")),
        ("none of", replace(READ, method="HEAD")),
        ("none of", replace(READ, method="OPTIONS")),
        ("no permission", replace(READ, permission=" ")),
        ("no rate_class", replace(READ, rate_class="")),
        ("no summary", replace(READ, summary="")),
        ("does not begin with /", replace(READ, path="things")),
        ("the segment ''", replace(READ, path="/things/")),
        ("['thing'] in its path and []", replace(READ, path="/things/{thing}")),
        ("['other'] in its path and ['thing']", replace(READ_ONE, path="/things/{other}")),
        ("[] in its path and ['thing']", replace(READ_ONE, path="/things")),
        ("GET with a body", replace(READ, request=Thing)),
        ("GET that changes", replace(READ, idempotent_by=IdempotentBy.KEY)),
        ("what makes it idempotent", replace(WRITE, idempotent_by=None)),
        ("ids from a body", replace(WRITE, request=None, idempotent_by=IdempotentBy.BODY)),
        ("body limit", replace(READ, body_limit_bytes=10)),
        ("body limit", replace(WRITE, body_limit_bytes=0)),
        ("no answer between 200 and 299", replace(READ, answers={404: None})),
        ("answers 200 with something", replace(READ, answers={200: dict})),
        ("answers 200 with something", replace(READ, answers={200: Loose})),
        ("errors are raised", replace(WRITE, answers={201: Thing, 409: Thing})),
        ("answers 204 with a body", replace(READ, answers={204: Thing})),
        ("request schema that is no frozen", replace(WRITE, request=Loose)),
        ("no `async def`", replace(READ, handler=not_async)),  # type: ignore[arg-type]
        ("does not take Call[None, None, Thing]", replace(READ_ONE, handler=read)),
        ("does not take Call[None, None, None]", replace(READ, handler=read_one)),
        ("does not take Call[None, None, None]", replace(READ, handler=take_nothing)),
        ("takes no Transaction", replace(WRITE, handler=write_without_transaction)),
        ("more than a Call", replace(WRITE, idempotent_by=IdempotentBy.SAFE)),
        ("does not return an Answer", replace(READ, handler=answer_nothing)),  # type: ignore[arg-type]
    ],
)
def test_a_route_that_is_declared_wrong_is_refused_by_its_name_and_fault(fault: str, route: Route) -> None:
    with pytest.raises(RoutesRefused) as raised:
        check([route])

    assert any(told.startswith(route.name) and fault in told for told in raised.value.faults), raised.value.faults


@pytest.mark.parametrize("other", [READ, replace(READ, summary="Again")])
def test_the_same_route_twice_is_refused(other: Route) -> None:
    with pytest.raises(RoutesRefused, match="declared twice"):
        check([READ, other])


def test_two_names_for_the_same_segment_are_the_same_route() -> None:
    @dataclass(frozen=True, slots=True)
    class Other:
        other: str

    async def read_other(_call: Call[None, None, Thing]) -> Answer:
        return Answer(200)

    read_other.__annotations__["_call"] = Call[None, None, Other]
    with pytest.raises(RoutesRefused, match="declared twice"):
        check([READ_ONE, replace(READ_ONE, path="/things/{other}", params=Other, handler=read_other)])


def test_all_faults_of_all_routes_are_told_at_once() -> None:
    with pytest.raises(RoutesRefused) as raised:
        check([replace(READ, permission="", summary=""), replace(WRITE, idempotent_by=None)])

    assert len(raised.value.faults) >= 3
