"""Nothing personal, secret or written by somebody can enter the trail by type."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest

from backend.accounts.audit.detail import Detail, DetailRefused, Kinds
from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import Digest, Id, NotAnId, as_digest, as_id
from backend.accounts.audit.kinds import KINDS, GrantGiven, SigninRevoked, TenantCreated
from backend.accounts.audit.words import ActorKind, GrantScope, RevocationReason, TenantKind
from tests.audit.samples import numbered

WANTED = """
    tenant.created tenant.suspended tenant.deleted person.invited grant.given grant.withdrawn signin.succeeded
    signin.failed signin.revoked second_factor.changed password.changed apikey.created apikey.rotated apikey.revoked
    gamekey.created gamekey.rotated gamekey.revoked pupil.identified break_glass.opened keys.rotated export.made
    subject.erased trail.erased
"""
# What people are called, what they write, and what opens a door.
CANARIES = [
    "Ada Lovelace",
    "ada.lovelace@school.example",
    "+46 70 123 45 67",
    "1815-12-10",
    "10.20.30.40",
    "correct horse battery staple",
    "tbx_api_01jd0000000000000000000000_secret",
    "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk",
    "adalovelaceandcharlesbabbage"[:26],
    "she said that the pupil was late",
    "",
    b"ada",
    1.5,
    -1,
    2**53,
    ["ada"],
    {"name": "ada"},
]


def value_for(hint: Any) -> object:
    if hint is Id:
        return numbered("a")
    if hint is Digest:
        return as_digest(bytes(32))
    if hint in (int, bool):
        return hint(1)
    assert issubclass(hint, StrEnum)
    return next(iter(hint))


def filled(shape: type[Any]) -> Any:
    hints = get_type_hints(shape)
    return shape(**{name: value_for((get_args(hint) or (hint,))[0]) for name, hint in hints.items()})


def every_field() -> Iterator[tuple[str, str]]:
    for name, shape in KINDS.names().items():
        yield from ((name, field) for field in get_type_hints(shape))


def test_the_kinds_that_were_asked_for_are_there() -> None:
    assert set(WANTED.split()) <= KINDS.names().keys()


@pytest.mark.parametrize("name", list(KINDS.names()))
def test_every_kind_takes_what_it_says(name: str) -> None:
    detail = filled(KINDS.names()[name])

    assert name == KINDS.name_of(detail)
    assert {each.name for each in fields(detail)} == json.loads(KINDS.canonical(detail)).keys()


@pytest.mark.parametrize(("name", "field"), list(every_field()))
def test_no_field_of_any_kind_takes_a_text_or_another_type(name: str, field: str) -> None:
    for canary in CANARIES:
        wrong = replace(filled(KINDS.names()[name]), **{field: canary})

        with pytest.raises(DetailRefused) as raised:
            KINDS.canonical(wrong)

        assert f"{field} of an event {name} is not what its kind says" == str(raised.value)


@pytest.mark.parametrize(("name", "field"), list(every_field()))
def test_only_what_may_be_left_out_takes_none(name: str, field: str) -> None:
    hint = get_type_hints(KINDS.names()[name])[field]
    given = replace(filled(KINDS.names()[name]), **{field: None})

    if NoneType in get_args(hint):
        assert json.loads(KINDS.canonical(given))[field] is None
    else:
        with pytest.raises(DetailRefused):
            KINDS.canonical(given)


def test_the_text_of_an_enumeration_is_not_the_enumeration() -> None:
    with pytest.raises(DetailRefused):
        KINDS.canonical(GrantGiven(numbered("g"), "teacher", GrantScope.SCHOOL))  # type: ignore[arg-type]
    with pytest.raises(DetailRefused):
        KINDS.canonical(GrantGiven(numbered("g"), GrantScope.SCHOOL, GrantScope.SCHOOL))  # type: ignore[arg-type]


def test_a_truth_is_no_count() -> None:
    with pytest.raises(DetailRefused):
        KINDS.canonical(SigninRevoked(RevocationReason.EXPIRED, sessions=True))


def test_equal_details_have_equal_texts() -> None:
    detail = TenantCreated(numbered("t"), TenantKind.SCHOOL)

    assert '{"kind":"school","parent":null,"tenant":"t0000000000000000000000000"}' == KINDS.canonical(detail)


@dataclass(frozen=True, slots=True)
class Unheard(Detail):
    key: Id


@dataclass(frozen=True, slots=True)
class Louder(TenantCreated):
    pass


@pytest.mark.parametrize(
    "detail", [Unheard(numbered("k")), Louder(numbered("t"), TenantKind.SCHOOL), {"key": 1}, "x", None, TenantCreated]
)
def test_a_detail_of_no_registered_kind_is_refused(detail: Any) -> None:
    with pytest.raises(DetailRefused, match="of no kind"):
        KINDS.name_of(detail)
    with pytest.raises(DetailRefused, match="of no kind"):
        KINDS.canonical(detail)


@pytest.mark.parametrize("hint", [str, bytes, float, str | None, list[Id], dict[str, int], object, Any])
def test_a_kind_that_could_hold_a_text_cannot_be_registered(hint: Any) -> None:
    shape: type[Any] = dataclass(frozen=True)(type("Loose", (Detail,), {"__annotations__": {"note": hint}}))

    with pytest.raises(DetailRefused, match=r"note of note\.made may be an Id"):
        Kinds().kind("note.made")(shape)


def test_a_kind_whose_detail_could_change_cannot_be_registered() -> None:
    with pytest.raises(DetailRefused, match="not a frozen dataclass"):
        Kinds().kind("note.made")(dataclass(type("Soft", (Detail,), {"__annotations__": {"count": int}})))
    with pytest.raises(DetailRefused, match="not a frozen dataclass"):
        Kinds().kind("note.made")(Detail)


def test_a_name_is_given_once() -> None:
    kinds = Kinds()
    kinds.kind("note.made")(Unheard)

    with pytest.raises(DetailRefused, match="twice"):
        kinds.kind("note.made")


@pytest.mark.parametrize("canary", [each for each in CANARIES if isinstance(each, str)])
def test_neither_actor_nor_subject_takes_a_text(canary: str) -> None:
    detail = TenantCreated(numbered("t"), TenantKind.SCHOOL)
    for kind in set(ActorKind) - ({ActorKind.NOBODY} if not canary else set()):
        with pytest.raises(NotAnId) as raised:
            Actor(kind, canary)
        assert not canary or canary not in str(raised.value)
    with pytest.raises(NotAnId):
        Event(Actor.nobody(), detail, Id(canary))
    with pytest.raises(NotAnId):
        as_id(canary)


def test_the_kind_of_an_actor_is_one_of_ours() -> None:
    with pytest.raises(NotAnId, match="ActorKind"):
        Actor("person", numbered("p"))  # type: ignore[arg-type]


def test_a_digest_has_32_bytes() -> None:
    with pytest.raises(NotAnId):
        as_digest(b"ada")
