"""The pure check; what the roles of the matrix make of it stands in tests/unit/backend/accounts/people."""

from types import MappingProxyType

import pytest

from backend.errors import (
    NOTHING_HERE,
    Forbidden,
    NotFound,
    RequestError,
    SecondFactorRequired,
    StepUpRequired,
    Unauthenticated,
)
from backend.web.caller import ANYONE, NO_RIGHTS, Caller, CallerKind, Reach, Rights
from backend.web.permission import STEP_UP_SECONDS, Demand, authorise
from backend.web.route import SIGNED_IN, STEPPED_UP

NOW = 1_800_000_000
IN_TENANT = Demand("thing.read", step_up=False, in_tenant=True, in_class=False, narrowed=False)
IN_CLASS = Demand("thing.read", step_up=False, in_tenant=True, in_class=True, narrowed=False)
LIST = Demand("thing.read", step_up=False, in_tenant=True, in_class=False, narrowed=True)
OUTSIDE = Demand("thing.read", step_up=False, in_tenant=False, in_class=False, narrowed=False)
HELD = Reach(frozenset({"thing.read"}))
OTHER = Reach(frozenset({"other.read"}))
IN_ONE = Reach(in_classes=MappingProxyType({"c": frozenset({"thing.read"})}))
OTHER_IN_ONE = Reach(in_classes=MappingProxyType({"c": frozenset({"other.read"})}))


def person(
    rights: Rights | None = None,
    *,
    platform: Rights = NO_RIGHTS,
    second: bool = False,
    stepped_up_at: int | None = None,
) -> Caller:
    tenants = MappingProxyType({} if rights is None else {"t": rights})
    return Caller(CallerKind.PERSON, "p", None, tenants, platform, second, stepped_up_at)


def outcome(wanted: Demand, caller: Caller, tenant: str = "t", class_id: str = "c") -> type[RequestError] | None:
    try:
        authorise(wanted, caller, {"tenant_id": tenant, "class_id": class_id}, now=NOW)
    except RequestError as error:
        return type(error)
    return None


@pytest.mark.parametrize("wanted", [IN_TENANT, IN_CLASS, LIST, OUTSIDE])
def test_nobody_in_particular_is_asked_to_sign_in(wanted: Demand) -> None:
    assert Unauthenticated is outcome(wanted, ANYONE)


@pytest.mark.parametrize("permission", [SIGNED_IN, STEPPED_UP])
def test_what_everybody_holds_is_still_for_somebody(permission: str) -> None:
    wanted = Demand(permission, step_up=False, in_tenant=False, in_class=False, narrowed=False)

    assert Unauthenticated is outcome(wanted, ANYONE)
    assert outcome(wanted, person()) is None


@pytest.mark.parametrize(
    ("wanted", "rights", "expected"),
    [
        (IN_TENANT, Rights(HELD), None),
        (IN_TENANT, Rights(OTHER), Forbidden),
        (IN_TENANT, Rights(IN_ONE), Forbidden),
        (IN_TENANT, Rights(), NotFound),
        (IN_TENANT, None, NotFound),
        (IN_CLASS, Rights(HELD), None),
        (IN_CLASS, Rights(IN_ONE), None),
        (IN_CLASS, Rights(OTHER_IN_ONE), Forbidden),
        (IN_CLASS, Rights(OTHER), Forbidden),
        (IN_CLASS, None, NotFound),
        (LIST, Rights(HELD), None),
        (LIST, Rights(IN_ONE), None),
        (LIST, Rights(OTHER_IN_ONE), Forbidden),
        (LIST, None, NotFound),
        (OUTSIDE, Rights(HELD), Forbidden),
    ],
)
def test_a_right_holds_where_it_was_given(
    wanted: Demand, rights: Rights | None, expected: type[RequestError] | None
) -> None:
    assert expected is outcome(wanted, person(rights))


def test_who_has_nothing_in_a_tenant_or_class_is_told_what_an_unknown_address_is_told() -> None:
    for wanted, tenant, class_id in ((IN_TENANT, "other", "c"), (IN_CLASS, "t", "other")):
        with pytest.raises(NotFound) as raised:
            authorise(wanted, person(Rights(IN_ONE)), {"tenant_id": tenant, "class_id": class_id}, now=NOW)
        assert NOTHING_HERE == raised.value.sentence


def test_what_holds_on_the_platform_holds_in_every_tenant_and_outside() -> None:
    operator = person(platform=Rights(HELD))

    assert [None] * 4 == [outcome(wanted, operator, "any") for wanted in (IN_TENANT, IN_CLASS, LIST, OUTSIDE)]
    assert [Forbidden] * 4 == [
        outcome(wanted, person(platform=Rights(OTHER)), "any") for wanted in (IN_TENANT, IN_CLASS, LIST, OUTSIDE)
    ]


@pytest.mark.parametrize("wanted", [IN_TENANT, IN_CLASS, LIST])
@pytest.mark.parametrize("reach", [HELD, IN_ONE])
def test_what_is_guarded_takes_a_second_factor(wanted: Demand, reach: Reach) -> None:
    if wanted is IN_TENANT and reach is IN_ONE:
        reach = HELD

    assert SecondFactorRequired is outcome(wanted, person(Rights(guarded=reach)))
    assert outcome(wanted, person(Rights(guarded=reach), second=True)) is None


def test_what_is_guarded_here_and_plain_there_is_plain() -> None:
    assert outcome(IN_TENANT, person(Rights(plain=HELD, guarded=HELD))) is None


def test_a_second_factor_gives_nothing_that_was_not_given() -> None:
    assert Forbidden is outcome(IN_TENANT, person(Rights(OTHER, OTHER), second=True))
    assert Forbidden is outcome(IN_TENANT, person(Rights(guarded=OTHER)))


@pytest.mark.parametrize(
    ("seconds_ago", "expected"),
    [
        (None, StepUpRequired),
        (0, None),
        (STEP_UP_SECONDS, None),
        (STEP_UP_SECONDS + 1, StepUpRequired),
        (-60, None),
        (-61, StepUpRequired),
    ],
)
def test_a_dangerous_act_takes_a_fresh_proof(seconds_ago: int | None, expected: type[RequestError] | None) -> None:
    wanted = Demand("thing.read", step_up=True, in_tenant=True, in_class=False, narrowed=False)
    proved = None if seconds_ago is None else (NOW - seconds_ago) * 1000

    assert expected is outcome(wanted, person(Rights(HELD), stepped_up_at=proved))


def test_a_fresh_proof_gives_nothing_that_was_not_given() -> None:
    wanted = Demand("thing.read", step_up=True, in_tenant=True, in_class=False, narrowed=False)

    assert NotFound is outcome(wanted, person(stepped_up_at=NOW * 1000))
    assert Forbidden is outcome(wanted, person(Rights(OTHER), stepped_up_at=NOW * 1000))


def test_a_list_is_narrowed_to_the_classes_in_which_the_permission_holds() -> None:
    guarded = Reach(in_classes=MappingProxyType({"d": frozenset({"thing.read"}), "e": frozenset({"other.read"})}))

    assert person(Rights(HELD)).classes_with("thing.read", "t") is None
    assert person(platform=Rights(HELD)).classes_with("thing.read", "t") is None
    assert frozenset({"c", "d"}) == person(Rights(IN_ONE, guarded), second=True).classes_with("thing.read", "t")
    assert frozenset({"c"}) == person(Rights(IN_ONE, guarded)).classes_with("thing.read", "t")
    assert frozenset({"c"}) == person(Rights(IN_ONE, HELD)).classes_with("thing.read", "t")
    assert frozenset() == person(Rights(IN_ONE)).classes_with("thing.read", "other")
