"""The routes of signing in and out, and of one's own sign-ins."""

from typing import Any

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import teller_of
from backend.accounts.audit.ids import PLATFORM, as_id
from backend.accounts.audit.kinds import SigninRevoked
from backend.accounts.audit.words import RevocationReason
from backend.accounts.people import store as people
from backend.accounts.people.service import there
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin.cookies import device_cookie, signed_out, signin_cookie
from backend.accounts.signin.known_device import DEVICE_COOKIE
from backend.accounts.signin.oneself import oneself
from backend.accounts.signin.service import CameFrom
from backend.accounts.signin.sessions import service
from backend.accounts.signin.sessions.schemas import (
    MeShown,
    NewSignin,
    SecondFactorCode,
    SignedInShown,
    SigninPath,
    SigninsShown,
    StepUp,
    TenantHeld,
    signin_shown,
)
from backend.accounts.signin.sessions.service import Opened
from backend.db.unit import Transaction
from backend.errors import InvalidRequest
from backend.web.call import Answer, Call
from backend.web.caller import Rights
from backend.web.keys import DATABASE, RIGHTS
from backend.web.route import HALF_IN_PERSON, IN_PERSON, PUBLIC, IdempotentBy, Route

SIGNINS = "/api/v1/signins"
CURRENT = f"{SIGNINS}/current"
ME = "/api/v1/me"
MY_SIGNINS = f"{ME}/signins"


async def post_signin(call: Call[NewSignin, None, None]) -> Answer:
    sender = call.sender
    came = CameFrom(sender.network, sender.agent, sender.cookie(DEVICE_COOKIE))
    signed_in = await call.app[ACCOUNTS].signin.sign_in(call.app[DATABASE], call.body.email, call.body.password, came)
    answer = _opened(signed_in.opened, 201, needs_second_factor=signed_in.needs_second_factor)
    return Answer(201, answer.body, (*answer.headers, device_cookie(signed_in.device)))


async def post_second_factor(call: Call[SecondFactorCode, None, None]) -> Answer:
    who = oneself(call.caller)
    opened = await call.app[ACCOUNTS].second_factor.prove(
        call.app[DATABASE], call.app[RIGHTS], who.person_id, who.signin_id, call.body.code, step_up=False
    )
    return _opened(opened, 200, needs_second_factor=False)


async def post_step_up(call: Call[StepUp, None, None]) -> Answer:
    who, accounts, database, rights = oneself(call.caller), call.app[ACCOUNTS], call.app[DATABASE], call.app[RIGHTS]
    person = await database.read(lambda tx: _person(tx, who.person_id))
    if person.totp_since is not None and call.body.code is None:
        raise InvalidRequest("This account has a second factor, so a `code` is needed beside the password.")
    await accounts.signin.check_password(database, person, call.body.password, call.sender.network)
    if person.totp_since is not None:
        opened = await accounts.second_factor.prove(
            database, rights, who.person_id, who.signin_id, call.body.code or "", step_up=True
        )
    else:
        opened = await database.write(lambda tx: service.renew(tx, rights, who.signin_id, stepped_up=True))
    return _opened(opened, 200, needs_second_factor=False)


async def delete_current(call: Call[None, None, None], tx: Transaction) -> Answer:
    who = oneself(call.caller)
    await _tell(call, tx, await service.end(tx, call.app[RIGHTS], who.person_id, who.signin_id))
    return Answer(204, headers=signed_out())


async def get_me(call: Call[None, None, None]) -> Answer:
    who, caller = oneself(call.caller), call.caller
    stored = await call.app[DATABASE].read(lambda tx: _person(tx, who.person_id))
    opened = call.app[ACCOUNTS].people.opened(stored)
    whole = caller.has_second_factor
    held = ((tenant_id, _held(rights, whole=whole)) for tenant_id, rights in sorted(caller.rights.items()))
    shown = MeShown(
        id=opened.id,
        name=opened.name,
        email=opened.email,
        locale=opened.locale,
        has_second_factor=opened.has_second_factor,
        needs_second_factor=caller.is_half,
        platform=_held(caller.platform, whole=whole),
        tenants=tuple(TenantHeld(tenant_id, permissions) for tenant_id, permissions in held),
    )
    return Answer(200, shown)


async def get_my_signins(call: Call[None, None, None]) -> Answer:
    who = oneself(call.caller)
    found = await call.app[DATABASE].read(lambda tx: service.of_person(tx, who.person_id))
    return Answer(200, SigninsShown(tuple(signin_shown(each, current=who.signin_id) for each in found)))


async def delete_my_signin(call: Call[None, None, SigninPath], tx: Transaction) -> Answer:
    who = oneself(call.caller)
    await _tell(call, tx, await service.end(tx, call.app[RIGHTS], who.person_id, call.params.signin_id))
    return Answer(204)


async def delete_my_signins(call: Call[None, None, None], tx: Transaction) -> Answer:
    who = oneself(call.caller)
    await _tell(call, tx, await service.end_all(tx, call.app[RIGHTS], who.person_id, but=who.signin_id))
    return Answer(204)


def _opened(opened: Opened, status: int, *, needs_second_factor: bool) -> Answer:
    signin = signin_shown(opened.signin, current=opened.signin.id)
    return Answer(status, SignedInShown(signin, needs_second_factor), (signin_cookie(opened.secret),))


async def _tell(call: Call[Any, Any, Any], tx: Transaction, signins: int) -> None:
    if not signins:
        return
    detail = SigninRevoked(RevocationReason.SIGNED_OUT, signins)
    await teller_of(call).tell(tx, PLATFORM, detail, subject_id=as_id(call.caller.id))


async def _person(tx: Transaction, person_id: str) -> StoredPerson:
    return there(await people.find(tx, person_id))


def _held(rights: Rights, *, whole: bool) -> tuple[str, ...]:
    """Return what holds now; `*` stands behind what holds in single classes alone."""
    reaches = (rights.plain, rights.guarded) if whole else (rights.plain,)
    everywhere = frozenset().union(*(reach.everywhere for reach in reaches))
    single = frozenset().union(*(held for reach in reaches for held in reach.in_classes.values())) - everywhere
    return (*sorted(everywhere), *(f"{name}*" for name in sorted(single)))


ROUTES = (
    Route(
        method="POST",
        path=SIGNINS,
        handler=post_signin,
        request=NewSignin,
        answers={201: SignedInShown},
        permission=PUBLIC,
        rate_class="signin",
        summary="Sign in with an address and a password; the answer sets the cookie",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="POST",
        path=f"{CURRENT}/second-factor",
        handler=post_second_factor,
        request=SecondFactorCode,
        answers={200: SignedInShown},
        permission=HALF_IN_PERSON,
        rate_class="signin",
        summary="Complete a sign-in with a code of the authenticator or of the paper",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="POST",
        path=f"{CURRENT}/step-up",
        handler=post_step_up,
        request=StepUp,
        answers={200: SignedInShown},
        permission=IN_PERSON,
        rate_class="signin",
        summary="Prove anew who one is, before a dangerous act",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="DELETE",
        path=CURRENT,
        handler=delete_current,
        answers={204: None},
        permission=HALF_IN_PERSON,
        rate_class="write",
        summary="Sign out",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="GET",
        path=ME,
        handler=get_me,
        answers={200: MeShown},
        permission=HALF_IN_PERSON,
        rate_class="read",
        summary="Who is signed in, and what that gives",
    ),
    Route(
        method="GET",
        path=MY_SIGNINS,
        handler=get_my_signins,
        answers={200: SigninsShown},
        permission=IN_PERSON,
        rate_class="read",
        summary="Where one is signed in",
    ),
    Route(
        method="DELETE",
        path=f"{MY_SIGNINS}/{{signin_id}}",
        handler=delete_my_signin,
        params=SigninPath,
        answers={204: None},
        permission=IN_PERSON,
        rate_class="write",
        summary="Sign out in one place",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="DELETE",
        path=MY_SIGNINS,
        handler=delete_my_signins,
        answers={204: None},
        permission=IN_PERSON,
        rate_class="write",
        summary="Sign out everywhere else",
        idempotent_by=IdempotentBy.STATE,
    ),
)
