from dataclasses import dataclass, replace

import pytest

from backend.db.unit import Transaction
from backend.web.access import Access, Permissions
from backend.web.call import Answer, Call
from backend.web.caller import ANYONE, Caller
from backend.web.declaration import RoutesRefused, check
from backend.web.exchange import Exchange
from backend.web.paging import PageQuery
from backend.web.route import PUBLIC, SIGNED_IN, STEPPED_UP, IdempotentBy, Route


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


@dataclass(frozen=True, slots=True)
class Made:
    secret: str | None
    secret_shown: bool


@dataclass(frozen=True, slots=True)
class Tenant:
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Class:
    tenant_id: str
    class_id: str


@dataclass(frozen=True, slots=True)
class ClassAlone:
    class_id: str


@dataclass(frozen=True, slots=True)
class Things:
    things: tuple[str, ...]
    next: str | None


async def make(_call: Call[None, None, None], _tx: Transaction) -> Answer:
    return Answer(201)


async def show(_call: Call[None, None, None], _tx: Transaction, _id: str) -> Answer:
    return Answer(200)


async def show_without_id(_call: Call[None, None, None], _tx: Transaction) -> Answer:
    return Answer(200)


async def read_page(_call: Call[None, PageQuery, None]) -> Answer:
    return Answer(200)


async def in_tenant(_call: Call[None, None, Tenant]) -> Answer:
    return Answer(200)


async def in_class(_call: Call[None, None, Class]) -> Answer:
    return Answer(200)


async def in_class_alone(_call: Call[None, None, ClassAlone]) -> Answer:
    return Answer(200)


class Nobody:
    def known(self, _exchange: Exchange) -> Caller | None:
        return None

    async def caller(self, _exchange: Exchange) -> Caller:
        return ANYONE


ACCESS = Access(
    Nobody(),
    Permissions(frozenset({"thing.read", "platform.read"}), step_up=frozenset(), platform=frozenset({"platform.read"})),
)
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
EDIT = replace(WRITE, idempotent_by=IdempotentBy.VERSION, versioned=True)
MAKE = replace(WRITE, request=None, path="/secrets", handler=make, again=show, answers={200: Made, 201: Made})
LIST = replace(READ, path="/list", handler=read_page, query=PageQuery, answers={200: Things})
IN_TENANT = replace(READ, path="/tenants/{tenant_id}", params=Tenant, handler=in_tenant, permission="thing.read")
IN_CLASS = replace(IN_TENANT, path="/tenants/{tenant_id}/classes/{class_id}", params=Class, handler=in_class)


def test_routes_that_are_declared_right_are_taken() -> None:
    check([READ, READ_ONE, WRITE, replace(READ, path="/files", answers={200: bytes, 204: None})])
    check([EDIT, replace(EDIT, path="/gone", answers={204: None}, versioned=False), MAKE, LIST])
    check([replace(WRITE, handler=write_without_transaction, idempotent_by=IdempotentBy.SAFE)])
    check([replace(WRITE, handler=write_without_transaction, idempotent_by=IdempotentBy.ATTEMPT)])


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
        ("GET that changes", replace(READ, idempotent_by=IdempotentBy.ATTEMPT)),
        ("own units", replace(READ, own_units=True, idempotent_by=IdempotentBy.STATE)),
        ("own units", replace(WRITE, own_units=True, idempotent_by=IdempotentBy.KEY)),
        ("more than a Call", replace(WRITE, own_units=True, idempotent_by=IdempotentBy.STATE)),
        ("what makes it idempotent", replace(WRITE, idempotent_by=None)),
        ("ids from a body", replace(WRITE, request=None, idempotent_by=IdempotentBy.BODY)),
        ("body limit", replace(READ, body_limit_bytes=10)),
        ("body limit", replace(WRITE, body_limit_bytes=0)),
        ("no answer between 200 and 299", replace(READ, answers={404: None})),
        ("answers 200 with something", replace(READ, answers={200: dict})),
        ("answers 200 with something", replace(READ, answers={200: Loose})),
        ("errors are raised", replace(WRITE, answers={201: Thing, 409: Thing})),
        ("answers 204 with a body", replace(READ, answers={204: Thing})),
        ("what its bytes are", replace(READ, content_type="application/zip")),
        ("what its bytes are", replace(WRITE, answers={201: bytes}, content_type="application/zip")),
        ("request schema that is no frozen", replace(WRITE, request=Loose)),
        ("no `async def`", replace(READ, handler=not_async)),  # type: ignore[arg-type]
        ("does not take Call[None, None, Thing]", replace(READ_ONE, handler=read)),
        ("does not take Call[None, None, None]", replace(READ, handler=read_one)),
        ("does not take Call[None, None, None]", replace(READ, handler=take_nothing)),
        ("takes no Transaction", replace(WRITE, handler=write_without_transaction)),
        ("more than a Call", replace(WRITE, idempotent_by=IdempotentBy.SAFE)),
        ("more than a Call", replace(WRITE, idempotent_by=IdempotentBy.ATTEMPT)),
        ("does not return an Answer", replace(READ, handler=answer_nothing)),  # type: ignore[arg-type]
        ("does not tell the new version", replace(EDIT, versioned=False)),
        ("whose answer has no `next`", replace(LIST, answers={200: Thing})),
        ("keeps no claim", replace(MAKE, idempotent_by=IdempotentBy.VERSION, versioned=True)),
        ("does not declare 200", replace(MAKE, answers={201: Made})),
        ("does not declare 200", replace(MAKE, answers={200: Made})),
        ("no `secret_shown`", replace(MAKE, answers={200: Made, 201: Thing})),
        ("no `secret_shown`", replace(MAKE, answers={200: Thing, 201: Made})),
        ("shows something again by", replace(MAKE, again=show_without_id)),
    ],
)
def test_a_route_that_is_declared_wrong_is_refused_by_its_name_and_fault(fault: str, route: Route) -> None:
    with pytest.raises(RoutesRefused) as raised:
        check([route])

    assert any(told.startswith(route.name) and fault in told for told in raised.value.faults), raised.value.faults


@pytest.mark.parametrize(
    "route",
    [
        IN_TENANT,
        IN_CLASS,
        replace(IN_TENANT, narrowed=True),
        replace(IN_TENANT, permission="platform.read"),
        replace(IN_TENANT, permission=PUBLIC),
        replace(READ, permission="platform.read"),
        replace(READ, permission=SIGNED_IN),
        replace(READ, permission=STEPPED_UP),
    ],
)
def test_a_route_for_some_is_taken_where_it_can_be_told_who_they_are(route: Route) -> None:
    check([route], ACCESS)
    if route.permission != PUBLIC:
        with pytest.raises(RoutesRefused, match="nobody to say who holds it"):
            check([route])


@pytest.mark.parametrize(
    ("fault", "route"),
    [
        ("which the matrix does not have", replace(IN_TENANT, permission="thing.raed")),
        ("which the matrix does not have", replace(IN_TENANT, permission="Public")),
        ("which the matrix does not have", replace(IN_TENANT, permission="*")),
        ("names no {tenant_id}", replace(READ, permission="thing.read")),
        ("anybody of another tenant", replace(IN_TENANT, permission=SIGNED_IN)),
        ("anybody of another tenant", replace(IN_TENANT, permission=STEPPED_UP)),
        (
            "not its {tenant_id}",
            replace(IN_CLASS, path="/classes/{class_id}", params=ClassAlone, handler=in_class_alone),
        ),
        ("is for a tenant as a whole", replace(IN_CLASS, narrowed=True)),
        ("is for a tenant as a whole", replace(READ, narrowed=True)),
    ],
)
def test_a_route_that_would_be_open_to_the_wrong_people_is_refused(fault: str, route: Route) -> None:
    with pytest.raises(RoutesRefused) as raised:
        check([route], ACCESS)

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
