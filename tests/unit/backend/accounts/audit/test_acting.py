"""Who acts, by what kind of caller sent the request."""

import pytest

from backend.accounts.audit.acting import actor_of
from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import NotAnId
from backend.web.caller import ANYONE, Caller, CallerKind
from tests.audit.samples import numbered


def test_a_person_and_a_key_are_named_by_their_ids_and_who_is_not_known_is_nobody() -> None:
    one = numbered("a")

    assert Actor.person(one) == actor_of(Caller(CallerKind.PERSON, one))
    assert Actor.api_key(one) == actor_of(Caller(CallerKind.API_KEY, one))
    assert Actor.nobody() == actor_of(ANYONE)


def test_a_caller_that_the_trail_has_no_word_for_is_not_recorded_as_somebody_else() -> None:
    with pytest.raises(TypeError, match="program"):
        actor_of(Caller(CallerKind.PROGRAM, numbered("a")))


def test_a_name_is_no_id_of_a_caller() -> None:
    with pytest.raises(NotAnId):
        actor_of(Caller(CallerKind.PERSON, "ada.lovelace@school.example"))
