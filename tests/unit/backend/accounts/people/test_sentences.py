"""Sentences about who may do what, said by hand and held against the matrix and the check."""

from dataclasses import dataclass
from typing import Literal

import pytest

from backend.accounts.people.matrix import load
from backend.accounts.people.rights import Grant, held
from backend.errors import Forbidden, NotFound, RequestError, SecondFactorRequired, StepUpRequired
from backend.web.caller import Caller, CallerKind
from backend.web.permission import Demand, authorise

MATRIX = load()
NOW = 1_800_000_000
SCHOOLS = {"district": ["school", "sister"], "elsewhere": ["foreign"]}

OPERATOR = Grant("platform_operator", "platform")
DISTRICT_ADMIN = Grant("district_admin", "tenant", "district")
SCHOOL_ADMIN = Grant("school_admin", "tenant", "school")
OFFICER = Grant("privacy_officer", "tenant", "district")
AUTHOR = Grant("curriculum_author", "tenant", "school")
TEACHER = Grant("teacher", "tenant", "school")
CLASS_TEACHER = Grant("teacher", "class", "school", "maths")
GUARDIAN = Grant("guardian", "tenant", "school")
PUPIL = Grant("pupil", "class", "school", "maths")


def cover(seconds_left: int) -> Grant:
    return Grant("assistant", "class", "school", "maths", (NOW + seconds_left) * 1000)


@dataclass(frozen=True, slots=True)
class Place:
    tenant: str | None = "school"
    class_id: str | None = None
    is_list: bool = False


SCHOOL, SISTER, DISTRICT, FOREIGN = Place(), Place("sister"), Place("district"), Place("foreign")
MATHS, ART, LIST = Place(class_id="maths"), Place(class_id="art"), Place(is_list=True)
OUTSIDE = Place(tenant=None)
# What somebody brings beside their grants.
Proof = Literal["all", "no second factor", "proved long ago"]
Expected = type[RequestError] | None

SENTENCES: list[tuple[str, tuple[Grant, ...], str, Place, Expected, Proof]] = [
    ("a cover teacher whose date has passed sees nothing", (cover(0),), "class.watch", MATHS, NotFound, "all"),
    ("a cover teacher watches their class until the last second", (cover(1),), "class.watch", MATHS, None, "all"),
    ("a cover teacher does not see the class next door", (cover(60),), "class.watch", ART, NotFound, "all"),
    ("a cover teacher does not learn who a pupil is", (cover(60),), "pupil.identify", MATHS, Forbidden, "all"),
    ("a cover teacher lists the classes that are theirs", (cover(60),), "class.read", LIST, None, "all"),
    ("a cover teacher does not open the school", (cover(60),), "class.read", SCHOOL, Forbidden, "all"),
    (
        "an assistant without a date holds nothing",
        (Grant("assistant", "class", "school", "maths"),),
        "class.read",
        MATHS,
        NotFound,
        "all",
    ),
    (
        "an assistant of a whole school is no such thing",
        (Grant("assistant", "tenant", "school", None, NOW * 1001),),
        "class.read",
        SCHOOL,
        NotFound,
        "all",
    ),
    ("the platform operator sees which tenants there are", (OPERATOR,), "tenant.list", OUTSIDE, None, "all"),
    ("the platform operator does not learn who a pupil is", (OPERATOR,), "pupil.identify", MATHS, Forbidden, "all"),
    ("the platform operator does not read results", (OPERATOR,), "progress.read", SCHOOL, Forbidden, "all"),
    ("the platform operator does not read a tenant's audit", (OPERATOR,), "audit.read", SCHOOL, Forbidden, "all"),
    (
        "the platform operator breaks the glass only with a fresh proof",
        (OPERATOR,),
        "glass.break",
        SCHOOL,
        StepUpRequired,
        "proved long ago",
    ),
    (
        "a district administrator invites people into a school of the district",
        (DISTRICT_ADMIN,),
        "person.invite",
        SCHOOL,
        None,
        "all",
    ),
    (
        "a district administrator has no business in another district's school",
        (DISTRICT_ADMIN,),
        "person.invite",
        FOREIGN,
        NotFound,
        "all",
    ),
    ("a district administrator does not see results", (DISTRICT_ADMIN,), "progress.read", SCHOOL, Forbidden, "all"),
    (
        "a district administrator does not create a district",
        (DISTRICT_ADMIN,),
        "tenant.create",
        OUTSIDE,
        Forbidden,
        "all",
    ),
    (
        "a school administrator does not reach up into the district",
        (SCHOOL_ADMIN,),
        "person.read",
        DISTRICT,
        NotFound,
        "all",
    ),
    (
        "a school administrator does not reach into the sister school",
        (SCHOOL_ADMIN,),
        "person.read",
        SISTER,
        NotFound,
        "all",
    ),
    (
        "a school administrator gives a role only with a fresh proof",
        (SCHOOL_ADMIN,),
        "grant.give",
        SCHOOL,
        StepUpRequired,
        "proved long ago",
    ),
    (
        "a school administrator takes a role away without delay",
        (SCHOOL_ADMIN,),
        "grant.withdraw",
        SCHOOL,
        None,
        "proved long ago",
    ),
    (
        "a school administrator does not approve an erasure",
        (SCHOOL_ADMIN,),
        "erasure.approve",
        SCHOOL,
        Forbidden,
        "all",
    ),
    (
        "the privacy officer of a district learns who a pupil of its schools is",
        (OFFICER,),
        "pupil.identify",
        SISTER,
        None,
        "all",
    ),
    ("the privacy officer does not write lessons", (OFFICER,), "lesson.edit", SCHOOL, Forbidden, "all"),
    ("the privacy officer ends sign-ins and gives no roles", (OFFICER,), "grant.give", SCHOOL, Forbidden, "all"),
    (
        "a curriculum author publishes without a second factor",
        (AUTHOR,),
        "lesson.publish",
        SCHOOL,
        None,
        "no second factor",
    ),
    ("a curriculum author sees no pupils", (AUTHOR,), "pupil.list", SCHOOL, Forbidden, "all"),
    (
        "a teacher without a second factor does nothing",
        (TEACHER,),
        "class.read",
        SCHOOL,
        SecondFactorRequired,
        "no second factor",
    ),
    (
        "a teacher who also writes lessons still writes them without a second factor",
        (TEACHER, AUTHOR),
        "lesson.edit",
        SCHOOL,
        None,
        "no second factor",
    ),
    ("a teacher of one class corrects its results", (CLASS_TEACHER,), "progress.correct", MATHS, None, "all"),
    ("a teacher of one class does not see results of another", (CLASS_TEACHER,), "progress.read", ART, NotFound, "all"),
    (
        "a teacher of one class does not export the whole gradebook",
        (CLASS_TEACHER,),
        "progress.export",
        SCHOOL,
        Forbidden,
        "all",
    ),
    ("a teacher makes no API keys", (TEACHER,), "apikey.create", SCHOOL, Forbidden, "all"),
    (
        "a guardian gives consent with a fresh proof alone",
        (GUARDIAN,),
        "consent.give_own",
        SCHOOL,
        None,
        "no second factor",
    ),
    ("a guardian does not list the pupils of the school", (GUARDIAN,), "pupil.list", SCHOOL, Forbidden, "all"),
    ("a pupil reads their own results and nobody else's", (PUPIL,), "progress.read", MATHS, Forbidden, "all"),
    (
        "a role of another release holds nothing",
        (Grant("headmaster", "tenant", "school"),),
        "class.read",
        SCHOOL,
        NotFound,
        "all",
    ),
    ("who was never given anything sees nothing", (), "class.read", SCHOOL, NotFound, "all"),
]


def outcome(grants: tuple[Grant, ...], permission: str, place: Place, proof: Proof) -> Expected:
    found = held(MATRIX, grants, schools=SCHOOLS, at=NOW * 1000)
    proved_at = NOW - 3600 if proof == "proved long ago" else NOW
    caller = Caller(
        CallerKind.PERSON,
        "somebody",
        rights=found.tenants,
        platform=found.platform,
        has_second_factor=proof != "no second factor",
        stepped_up_at=proved_at * 1000,
    )
    demand = Demand(
        permission,
        step_up=MATRIX.permissions[permission].step_up,
        in_tenant=place.tenant is not None,
        in_class=place.class_id is not None,
        narrowed=place.is_list,
    )
    named = {"tenant_id": place.tenant, "class_id": place.class_id}
    try:
        authorise(demand, caller, {name: value for name, value in named.items() if value is not None}, now=NOW)
    except RequestError as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    ("grants", "permission", "place", "expected", "proof"),
    [sentence[1:] for sentence in SENTENCES],
    ids=[sentence[0] for sentence in SENTENCES],
)
def test_sentence(grants: tuple[Grant, ...], permission: str, place: Place, expected: Expected, proof: Proof) -> None:
    assert expected is outcome(grants, permission, place, proof)


def test_there_are_sentences_about_every_role() -> None:
    spoken_of = {grant.role for sentence in SENTENCES for grant in sentence[1]}

    assert 30 <= len(SENTENCES)
    assert MATRIX.roles.keys() <= spoken_of
