"""The person behind a request about themselves."""

from dataclasses import dataclass

from backend.errors import Forbidden
from backend.web.caller import Caller, CallerKind


@dataclass(frozen=True, slots=True)
class Oneself:
    person_id: str
    signin_id: str


def oneself(caller: Caller) -> Oneself:
    """Return who is signed in; keys are nobody, and have no sign-in."""
    if caller.kind is not CallerKind.PERSON or caller.signin_id is None:
        raise Forbidden("This is for people who have signed in; a key is nobody.")
    return Oneself(caller.id, caller.signin_id)
