"""Who may use a route: a pure check of what it demands against what its caller holds.

Somebody without any right in a tenant is not told that it exists: the answer is the one that an unknown address gets.
So it is with a class, for somebody whose rights lie in other classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.errors import NOTHING_HERE, Forbidden, NotFound, SecondFactorRequired, StepUpRequired, Unauthenticated
from backend.web.access import Permissions
from backend.web.caller import NO_RIGHTS, Caller, CallerKind, Reach, Rights
from backend.web.route import EVERYBODYS, HALF_IN_PERSON, OF_PEOPLE, STEPPED_UP, Route
from backend.web.template import parse_template

TENANT: Final = "tenant_id"
CLASS: Final = "class_id"
STEP_UP_SECONDS: Final = 600
# By so much the database's clock may be ahead of ours.
_CLOCKS_APART_SECONDS: Final = 60
# Made once, as looking a member of an enumeration up takes longer than comparing with it.
_ANYONE: Final = CallerKind.ANYONE


@dataclass(frozen=True, slots=True)
class Demand:
    """What one route asks of its caller."""

    permission: str
    step_up: bool
    in_tenant: bool
    in_class: bool
    # The handler shows a caller with rights in single classes only what belongs to these.
    narrowed: bool


def demand(route: Route, permissions: Permissions) -> Demand:
    names = parse_template(route.path).names
    return Demand(
        permission=route.permission,
        step_up=route.permission == STEPPED_UP or route.permission in permissions.step_up,
        in_tenant=TENANT in names,
        in_class=CLASS in names,
        narrowed=route.narrowed,
    )


def authorise(wanted: Demand, caller: Caller, place: Mapping[str, str], *, now: float) -> None:
    """Raise unless the caller may; `place` has the named segments of the path, `now` is in seconds since 1970."""
    if caller.kind is _ANYONE:
        raise Unauthenticated("This needs a person or a program that has signed in.")
    if caller.is_half and wanted.permission != HALF_IN_PERSON:
        raise SecondFactorRequired("This sign-in is not complete: it needs the second factor of its account.")
    if wanted.permission in OF_PEOPLE and caller.kind is not CallerKind.PERSON:
        raise Forbidden("This is for people who have signed in; a key is nobody.")
    if wanted.permission not in EVERYBODYS:
        _check_rights(wanted, caller, place)
    if wanted.step_up and not _has_stepped_up(caller, now):
        raise StepUpRequired(
            f"This needs a proof of who you are that is no older than {STEP_UP_SECONDS // 60} minutes."
        )


def _check_rights(wanted: Demand, caller: Caller, place: Mapping[str, str]) -> None:
    rights = caller.rights.get(place[TENANT], NO_RIGHTS) if wanted.in_tenant else NO_RIGHTS
    # What most requests are let in by, without the calls for the rest.
    if wanted.permission in rights.plain.everywhere:
        return
    single = place[CLASS] if wanted.in_class else None
    if _holds(wanted, rights.plain, single) or _holds(wanted, caller.platform.plain, single):
        return
    if _holds(wanted, rights.guarded, single) or _holds(wanted, caller.platform.guarded, single):
        if caller.has_second_factor:
            return
        raise SecondFactorRequired("This needs a sign-in with a second factor.")
    if wanted.in_tenant and not (_is_known(rights, single) or _is_known(caller.platform, single)):
        raise NotFound(NOTHING_HERE)
    raise Forbidden(f"This needs the permission {wanted.permission}.")


def _holds(wanted: Demand, reach: Reach, single: str | None) -> bool:
    if wanted.permission in reach.everywhere:
        return True
    if not reach.in_classes:
        return False
    if single is not None:
        return wanted.permission in reach.in_classes.get(single, frozenset())
    return wanted.narrowed and any(wanted.permission in held for held in reach.in_classes.values())


def _is_known(rights: Rights, single: str | None) -> bool:
    """Whether somebody with these rights has anything to do with the place that the path names."""
    for reach in (rights.plain, rights.guarded):
        if reach.everywhere or (reach.in_classes if single is None else reach.in_classes.get(single)):
            return True
    return False


def _has_stepped_up(caller: Caller, now: float) -> bool:
    if caller.stepped_up_at is None:
        return False
    return -_CLOCKS_APART_SECONDS <= now - caller.stepped_up_at / 1000 <= STEP_UP_SECONDS
