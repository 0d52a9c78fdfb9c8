"""Events and ids to fill a trail with."""

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import Id, as_id
from backend.accounts.audit.kinds import GrantGiven, KeysRotated, PupilIdentified, SigninFailed
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import (
    GrantScope,
    IdentityPurpose,
    KeyPurpose,
    Role,
    SigninFailure,
    SigninMethod,
    SystemPart,
)
from tests.audit.keys import FixedKeys


def numbered(name: str, number: int = 0) -> Id:
    """Return an id that still shows whose it is; an id has no i, l, o and u."""
    letters = "".join(each for each in name if each not in "ilou")
    return as_id(f"{letters}{number:0{26 - len(letters)}}")


SCHOOL = numbered("school")
OTHER_SCHOOL = numbered("school", 1)
TELLER = Teller(AuditTrail(FixedKeys()), Actor.system(SystemPart.BRIDGE))


def event(number: int) -> Event:
    """Return one of several kinds by turns, with and without a subject."""
    teacher = Actor.person(numbered("teacher", number))
    match number % 4:
        case 0:
            seen = PupilIdentified(IdentityPurpose.RESULTS, numbered("class", number))
            return Event(teacher, seen, numbered("pupil", number))
        case 1:
            return Event(Actor.nobody(), SigninFailed(SigninMethod.PASSWORD, SigninFailure.WRONG_SECRET))
        case 2:
            given = GrantGiven(numbered("grant", number), Role.TEACHER, GrantScope.SCHOOL, days=number)
            return Event(teacher, given, numbered("person", number))
        case _:
            return Event(Actor.system(SystemPart.BRIDGE), KeysRotated(KeyPurpose.AUDIT, number))
