"""Requests that are right for the routes of people and sign-ins, with the accounts that they need."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Any

from aiohttp import web
from sqlalchemy import delete

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import as_id
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import BreakGlassReason
from backend.accounts.keys.text_form import Kind
from backend.accounts.people import store as people_store
from backend.accounts.people.break_glass import routes as break_glass
from backend.accounts.people.break_glass.schemas import GlassBroken
from backend.accounts.people.grants import routes as people
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.people.invitations import routes as invitations
from backend.accounts.people.invitations.schemas import NewInvitation
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin import email_address, totp
from backend.accounts.signin.links import service as links
from backend.accounts.signin.second_factor import routes as second_factor
from backend.accounts.signin.sessions import routes as sessions
from backend.accounts.signin.sessions import service as session_service
from backend.accounts.signin.sessions import store as session_store
from backend.accounts.tenants import store as tenant_store
from backend.accounts.tenants.exports import routes as exports
from backend.accounts.tenants.exports import store as export_store
from backend.accounts.tenants.exports.folder import EXPORTS, KEPT_SECONDS
from backend.accounts.tenants.exports.models import TenantExportRow
from backend.db.now import now_milliseconds
from backend.db.unit import Transaction
from backend.ids import new_id
from backend.web.caller import CallerKind
from backend.web.keys import DATABASE, RIGHTS
from tests.accounts.house import PASSWORD
from tests.audit.samples import TELLER
from tests.contract.access_table import Place
from tests.ledger.people import Person

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Prepared:
    values: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


Prepare = Callable[[web.Application, Place], Awaitable[Prepared]]


async def with_accounts(app: web.Application, everybody: Iterable[Person]) -> dict[str, Person]:
    """Give each person of the sweep an account and a sign-in."""
    found = {}
    for each in everybody:
        if each.kind is not CallerKind.PERSON:
            found[each.name] = each
            continue
        stored = await add_person(app, f"{each.name}@sweep.example")
        opened = await app[DATABASE].write(
            partial(session_service.open_signin, person_id=stored.id, device="A program")
        )
        found[each.name] = replace(each, person_id=stored.id, signin_id=opened.signin.id)
    return found


async def add_person(app: web.Application, email: str) -> StoredPerson:
    accounts = app[ACCOUNTS]
    hashed = await accounts.passwords.hashed(PASSWORD, about=())
    address = email_address.parse(email)
    return await app[DATABASE].write(
        lambda tx: accounts.people.add(tx, address, "Swept", locale="en", password_hash=hashed)
    )


def of_nobody(json: Callable[[], object]) -> Prepare:
    async def prepare(_app: web.Application, _place: Place) -> Prepared:
        return Prepared(json=json())

    return prepare


def with_member(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        stored = await _member(app, place)
        return Prepared({"person_id": stored.id}, json)

    return prepare


async def new_grant(app: web.Application, place: Place) -> Prepared:
    stored = await _member(app, place)
    # A role that is given in a district and in a school.
    return Prepared(json={"person_id": stored.id, "role": "privacy_officer"})


async def with_grant(app: web.Application, place: Place) -> Prepared:
    stored = await _member(app, place)

    async def unit(tx: Transaction) -> str:
        wanted = NewGrant(stored.id, "privacy_officer")
        return (await grants.give(tx, TELLER, app[RIGHTS], app[ACCOUNTS].matrix, place.tenant_id, wanted)).id

    return Prepared({"grant_id": await app[DATABASE].write(unit, tenant=place.tenant_id)})


async def new_glass(app: web.Application, place: Place) -> Prepared:
    await _close_glass(app, place)
    return Prepared(json={"reason": "support", "role": "privacy_officer", "minutes": 5})


async def with_glass(app: web.Application, place: Place) -> Prepared:
    prepared = await new_glass(app, place)
    if place.asking is not None and place.asking.person_id is not None:
        by = Teller(TELLER.trail, Actor.person(as_id(place.asking.person_id)))
        wanted = GlassBroken(BreakGlassReason.SUPPORT, "privacy_officer", 5)

        async def unit(tx: Transaction) -> None:
            await app[ACCOUNTS].break_glass.open(tx, by, app[RIGHTS], place.tenant_id, wanted)

        await app[DATABASE].write(unit, tenant=place.tenant_id)
    return replace(prepared, json=None)


async def _close_glass(app: web.Application, place: Place) -> None:
    if place.asking is None or place.asking.person_id is None:
        return
    by = Teller(TELLER.trail, Actor.person(as_id(place.asking.person_id)))
    await app[DATABASE].write(
        lambda tx: app[ACCOUNTS].break_glass.close(tx, by, app[RIGHTS], place.tenant_id), tenant=place.tenant_id
    )


async def new_invitation(_app: web.Application, _place: Place) -> Prepared:
    return Prepared(json={"email": _address(), "role": "privacy_officer"})


async def with_invitation(app: web.Application, place: Place) -> Prepared:
    _, invitation_id = await _invite(app, place, _address())
    return Prepared({"invitation_id": invitation_id})


async def acceptance(app: web.Application, place: Place) -> Prepared:
    link, _ = await _invite(app, place, _address())
    return Prepared(json={"link": link, "name": "Swept", "password": PASSWORD})


async def my_invitation(app: web.Application, place: Place) -> Prepared:
    link, _ = await _invite(app, place, f"{place.asking.name}@sweep.example" if place.asking else _address())
    return Prepared(json={"link": link})


async def no_export(app: web.Application, place: Place) -> Prepared:
    """Take the exports of a request before away: there is one at a time."""
    statement = delete(TenantExportRow).where(TenantExportRow.tenant_id == place.tenant_id)

    async def unit(tx: Transaction) -> None:
        await tx.execute(statement)

    await app[DATABASE].write(unit, tenant=place.tenant_id)
    return Prepared()


async def with_export(app: web.Application, place: Place) -> Prepared:
    export_id = new_id()
    with app[EXPORTS].writing(place.tenant_id, export_id) as file:
        file.write(b"a file")
    size, digest = app[EXPORTS].measure(place.tenant_id, export_id)

    async def unit(tx: Transaction) -> None:
        await export_store.add(tx, place.tenant_id, export_id, by=("person", "0" * 26))
        await export_store.ready(tx, place.tenant_id, export_id, size, digest, kept_seconds=KEPT_SECONDS)

    await app[DATABASE].write(unit, tenant=place.tenant_id)
    return Prepared({"export_id": export_id})


async def first_administrator(app: web.Application, _place: Place) -> Prepared:
    async def unit(tx: Transaction) -> str:
        for each in await people_store.holders_of(tx, "platform_operator", at_most=100):
            await people_store.withdraw_platform_role(tx, each, "platform_operator")
        return (await links.make(tx, Kind.FIRST)).text.reveal()

    link = await app[DATABASE].write(unit)
    return Prepared(json={"link": link, "email": _address(), "name": "Swept", "password": PASSWORD})


async def reset(app: web.Application, _place: Place) -> Prepared:
    stored = await add_person(app, _address())
    made = await app[DATABASE].write(lambda tx: links.make(tx, Kind.RESET, subject_id=stored.id))
    return Prepared(json={"link": made.text.reveal(), "password": PASSWORD})


async def sign_in(app: web.Application, _place: Place) -> Prepared:
    email = _address()
    await add_person(app, email)
    return Prepared(json={"email": email, "password": PASSWORD})


def of_oneself(json: object = None, *, authenticator: bool | None = None) -> Prepare:
    """Prepare what somebody asks about themselves, with or without an authenticator."""

    async def prepare(app: web.Application, place: Place) -> Prepared:
        await _freshen(app, place.asking, authenticator=authenticator)
        return Prepared(json=json)

    return prepare


async def with_code(app: web.Application, place: Place) -> Prepared:
    secret = await _freshen(app, place.asking, authenticator=True)
    return Prepared(json={"code": await _code(app, secret)})


async def with_first_code(app: web.Application, place: Place) -> Prepared:
    await _freshen(app, place.asking, authenticator=False)
    if place.asking is None or place.asking.person_id is None:
        return Prepared(json={"code": "000000"})
    person_id = place.asking.person_id
    begun = await app[DATABASE].write(lambda tx: app[ACCOUNTS].second_factor.begin(tx, person_id))
    return Prepared(json={"code": await _code(app, begun.secret)})


async def step_up(app: web.Application, place: Place) -> Prepared:
    await _freshen(app, place.asking, authenticator=False)
    return Prepared(json={"password": PASSWORD})


async def with_signin(app: web.Application, place: Place) -> Prepared:
    await _freshen(app, place.asking)
    if place.asking is None or place.asking.person_id is None:
        return Prepared({"signin_id": "0" * 26})
    person_id = place.asking.person_id
    opened = await app[DATABASE].write(lambda tx: session_service.open_signin(tx, person_id, device="A program"))
    return Prepared({"signin_id": opened.signin.id})


async def _freshen(app: web.Application, person: Person | None, *, authenticator: bool | None = None) -> Any:
    """See that somebody is signed in as the sweep believes, whatever a request before has ended."""
    if person is None or person.person_id is None or person.signin_id is None:
        return None
    person_id, signin_id = person.person_id, person.signin_id
    hashed = await app[ACCOUNTS].passwords.hashed(PASSWORD, about=())
    found: list[Any] = [None]

    async def unit(tx: Transaction) -> None:
        await people_store.change(tx, person_id, {"password_hash": hashed})
        await _sign_in_again(tx, person_id, signin_id)
        if authenticator is None:
            return
        await people_store.change(tx, person_id, {"totp": None, "totp_since": None, "totp_step": None})
        if authenticator:
            begun = await app[ACCOUNTS].second_factor.begin(tx, person_id)
            await people_store.change(tx, person_id, {"totp_since": 1})
            found[0] = begun.secret

    await app[DATABASE].write(unit)
    return found[0]


async def _sign_in_again(tx: Transaction, person_id: str, signin_id: str) -> None:
    if signin_id not in [each.id for each in await session_service.of_person(tx, person_id)]:
        await session_store.add(
            tx, signin_id, person_id, next(_numbers).to_bytes(32), device="A program", milliseconds=10**7, whole=True
        )


async def _member(app: web.Application, place: Place) -> StoredPerson:
    stored = await add_person(app, _address())

    async def unit(tx: Transaction) -> None:
        await _no_limit(tx, place)
        await grants.join(tx, place.tenant_id, stored.id)

    await app[DATABASE].write(unit, tenant=place.tenant_id)
    return stored


async def _invite(app: web.Application, place: Place, email: str) -> tuple[str, str]:
    made: list[str] = []

    async def unit(tx: Transaction) -> None:
        await _no_limit(tx, place)
        wanted = NewInvitation(email, "privacy_officer")
        invited = await app[ACCOUNTS].invitations.invite(tx, TELLER, place.tenant_id, wanted, "Somebody")
        link = await links.make(tx, Kind.INVITE, tenant_id=place.tenant_id, subject_id=invited.stored.id)
        made[:] = [link.text.reveal(), invited.stored.id]

    await app[DATABASE].write(unit, tenant=place.tenant_id)
    return made[0], made[1]


async def _no_limit(tx: Transaction, place: Place) -> None:
    """A request before may have set one."""
    await tenant_store.change(tx, place.tenant_id, {"limits": '{"people":1000000}'})


async def _code(app: web.Application, secret: Any) -> str:
    if secret is None:
        return "000000"
    now = await app[DATABASE].read(now_milliseconds)
    return totp.code_at(secret, now // 1000 // totp.STEP_SECONDS)


def _address() -> str:
    return f"swept-{next(_numbers)}@sweep.example"


ACCOUNT_REQUESTS: Mapping[str, Prepare] = {
    f"GET {people.PEOPLE}": with_member(),
    f"GET {people.PERSON}": with_member(),
    f"PATCH {people.PERSON}": with_member({"name": "Renamed"}),
    f"PUT {people.PERSON}/suspension": with_member(),
    f"DELETE {people.PERSON}/suspension": with_member(),
    f"POST {people.PERSON}/password-resets": with_member(),
    f"DELETE {people.PERSON}/authenticator": with_member(),
    f"GET {people.PERSON}/signins": with_member(),
    f"DELETE {people.PERSON}/signins": with_member(),
    f"GET {people.GRANTS}": with_grant,
    f"POST {people.GRANTS}": new_grant,
    f"DELETE {people.GRANT}": with_grant,
    f"POST {break_glass.BREAK_GLASS}": new_glass,
    f"DELETE {break_glass.BREAK_GLASS}": with_glass,
    f"GET {invitations.INVITATIONS}": with_invitation,
    f"POST {invitations.INVITATIONS}": new_invitation,
    f"DELETE {invitations.INVITATION}": with_invitation,
    f"GET {exports.EXPORTS_OF}": with_export,
    f"POST {exports.EXPORTS_OF}": no_export,
    f"GET {exports.EXPORT}": with_export,
    f"GET {exports.FILE}": with_export,
    "POST /api/v1/invitations/acceptance": acceptance,
    "POST /api/v1/me/invitations": my_invitation,
    "POST /api/v1/first-administrator": first_administrator,
    f"POST {sessions.SIGNINS}": sign_in,
    f"POST {sessions.CURRENT}/second-factor": with_code,
    f"POST {sessions.CURRENT}/step-up": step_up,
    f"DELETE {sessions.MY_SIGNINS}/{{signin_id}}": with_signin,
    "PUT /api/v1/me/password": of_oneself({"password": PASSWORD, "new_password": PASSWORD}),
    "POST /api/v1/password-resets": of_nobody(lambda: {"email": _address()}),
    "POST /api/v1/password-resets/completion": reset,
    f"PUT {second_factor.AUTHENTICATOR}": with_first_code,
}
# They take nothing, and need somebody in a certain state all the same.
ABOUT_ONESELF: Mapping[str, Prepare] = {
    f"DELETE {sessions.CURRENT}": of_oneself(),
    f"DELETE {sessions.MY_SIGNINS}": of_oneself(),
    f"POST {second_factor.AUTHENTICATOR}": of_oneself(authenticator=False),
    f"DELETE {second_factor.AUTHENTICATOR}": of_oneself(authenticator=True),
    "POST /api/v1/me/recovery-codes": of_oneself(authenticator=True),
}
