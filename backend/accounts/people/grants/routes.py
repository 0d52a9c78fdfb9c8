"""The routes of the people of a tenant and of what they hold."""

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import teller_of
from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import PasswordLinkSent, SigninRevoked
from backend.accounts.audit.words import RevocationReason
from backend.accounts.people.grants import service, store
from backend.accounts.people.grants.schemas import (
    GrantPath,
    GrantShown,
    GrantsShown,
    NewGrant,
    PeopleShown,
    PersonChange,
    PersonPath,
    PersonShown,
    TenantPath,
)
from backend.accounts.people.grants.store import Member, StoredGrant
from backend.accounts.people.service import People
from backend.accounts.signin.sessions import service as sessions
from backend.accounts.signin.sessions.schemas import SigninsShown, signin_shown
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IdempotentBy, Route

TENANT = "/api/v1/tenants/{tenant_id}"
PEOPLE = f"{TENANT}/people"
PERSON = f"{PEOPLE}/{{person_id}}"
GRANTS = f"{TENANT}/grants"
GRANT = f"{GRANTS}/{{grant_id}}"

_PEOPLE_BY_AGE = Cursors("people", str)
_GRANTS_BY_AGE = Cursors("grants", str)


async def get_people(call: Call[None, PageQuery, TenantPath]) -> Answer:
    query, everybody = call.query, call.app[ACCOUNTS].people
    after = _PEOPLE_BY_AGE.after(query)

    async def unit(tx: Transaction) -> PeopleShown:
        found = await store.members(tx, call.params.tenant_id, after=after, limit=query.limit + 1)
        page = _PEOPLE_BY_AGE.page(found, [(each.person.id,) for each in found], query)
        return PeopleShown(tuple(_person(everybody, each) for each in page.rows), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def get_person(call: Call[None, None, PersonPath]) -> Answer:
    async def unit(tx: Transaction) -> Member:
        return await service.member(tx, call.params.tenant_id, call.params.person_id)

    return _shown(call.app[ACCOUNTS].people, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def patch_person(call: Call[PersonChange, None, PersonPath], tx: Transaction) -> Answer:
    everybody, place = call.app[ACCOUNTS].people, call.params
    await service.rename(tx, teller_of(call), everybody, place.tenant_id, place.person_id, call.body.name)
    return _shown(everybody, await service.member(tx, place.tenant_id, place.person_id))


async def put_suspension(call: Call[None, None, PersonPath], tx: Transaction) -> Answer:
    place = call.params
    suspended = await service.suspend(tx, teller_of(call), call.app[RIGHTS], place.tenant_id, place.person_id)
    return _shown(call.app[ACCOUNTS].people, suspended)


async def delete_suspension(call: Call[None, None, PersonPath], tx: Transaction) -> Answer:
    place = call.params
    resumed = await service.resume(tx, teller_of(call), call.app[RIGHTS], place.tenant_id, place.person_id)
    return _shown(call.app[ACCOUNTS].people, resumed)


async def post_password_reset(call: Call[None, None, PersonPath], tx: Transaction) -> Answer:
    found = await service.member(tx, call.params.tenant_id, call.params.person_id)
    await call.app[ACCOUNTS].passwords.send_link(tx, found.person)
    await teller_of(call).tell(tx, call.params.tenant_id, PasswordLinkSent(), subject_id=as_id(found.person.id))
    return Answer(202)


async def delete_authenticator(call: Call[None, None, PersonPath], tx: Transaction) -> Answer:
    found = await service.only_here(tx, call.params.tenant_id, call.params.person_id)
    await call.app[ACCOUNTS].second_factor.reset(
        tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id, found.person
    )
    return Answer(204)


async def get_signins(call: Call[None, None, PersonPath]) -> Answer:
    async def unit(tx: Transaction) -> SigninsShown:
        await service.member(tx, call.params.tenant_id, call.params.person_id)
        found = await sessions.of_person(tx, call.params.person_id)
        return SigninsShown(tuple(signin_shown(each, current=None) for each in found))

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def delete_signins(call: Call[None, None, PersonPath], tx: Transaction) -> Answer:
    await service.member(tx, call.params.tenant_id, call.params.person_id)
    ended = await sessions.end_all(tx, call.app[RIGHTS], call.params.person_id)
    if ended:
        detail = SigninRevoked(RevocationReason.BY_ADMIN, ended)
        await teller_of(call).tell(tx, call.params.tenant_id, detail, subject_id=as_id(call.params.person_id))
    return Answer(204)


async def get_grants(call: Call[None, PageQuery, TenantPath]) -> Answer:
    query = call.query
    after = _GRANTS_BY_AGE.after(query)

    async def unit(tx: Transaction) -> GrantsShown:
        found = await store.page(tx, call.params.tenant_id, after=after, limit=query.limit + 1)
        page = _GRANTS_BY_AGE.page(found, [(each.id,) for each in found], query)
        return GrantsShown(tuple(map(_grant, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def post_grant(call: Call[NewGrant, None, TenantPath], tx: Transaction) -> Answer:
    tenant_id = call.params.tenant_id
    given = await service.give(tx, teller_of(call), call.app[RIGHTS], call.app[ACCOUNTS].matrix, tenant_id, call.body)
    location = GRANT.format(tenant_id=tenant_id, grant_id=given.id)
    return Answer(201, _grant(given), (("Location", location),))


async def delete_grant(call: Call[None, None, GrantPath], tx: Transaction) -> Answer:
    await service.withdraw(tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id, call.params.grant_id)
    return Answer(204)


def _shown(everybody: People, member: Member) -> Answer:
    return Answer(200, _person(everybody, member))


def _person(everybody: People, member: Member) -> PersonShown:
    opened = everybody.opened(member.person)
    return PersonShown(
        id=opened.id,
        name=opened.name,
        email=opened.email,
        state=opened.state,
        has_second_factor=opened.has_second_factor,
        joined_at=member.joined_at,
        suspended_at=member.suspended_at,
    )


def _grant(grant: StoredGrant) -> GrantShown:
    return GrantShown(grant.id, grant.person_id, grant.role, grant.class_id, grant.until, grant.given_at)


ROUTES = (
    Route(
        method="GET",
        path=PEOPLE,
        handler=get_people,
        params=TenantPath,
        query=PageQuery,
        answers={200: PeopleShown},
        permission="person.read",
        rate_class="read",
        summary="The adults of a tenant, in the order of their accounts",
    ),
    Route(
        method="GET",
        path=PERSON,
        handler=get_person,
        params=PersonPath,
        answers={200: PersonShown},
        permission="person.read",
        rate_class="read",
        summary="One adult",
    ),
    Route(
        method="PATCH",
        path=PERSON,
        handler=patch_person,
        request=PersonChange,
        params=PersonPath,
        answers={200: PersonShown},
        permission="person.update",
        rate_class="write",
        summary="Correct the name of an adult who belongs to no other tenant",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="PUT",
        path=f"{PERSON}/suspension",
        handler=put_suspension,
        params=PersonPath,
        answers={200: PersonShown},
        permission="person.suspend",
        rate_class="write",
        summary="Let what an adult holds here give nothing",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="DELETE",
        path=f"{PERSON}/suspension",
        handler=delete_suspension,
        params=PersonPath,
        answers={200: PersonShown},
        permission="person.suspend",
        rate_class="write",
        summary="Let a suspended adult back in",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="POST",
        path=f"{PERSON}/password-resets",
        handler=post_password_reset,
        params=PersonPath,
        answers={202: None},
        permission="person.reset",
        rate_class="write",
        summary="Send an adult a link to choose a new password",
        idempotent_by=IdempotentBy.KEY,
    ),
    Route(
        method="DELETE",
        path=f"{PERSON}/authenticator",
        handler=delete_authenticator,
        params=PersonPath,
        answers={204: None},
        permission="person.reset",
        rate_class="write",
        summary="Remove the second factor of an adult who has lost it and belongs to no other tenant",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="GET",
        path=f"{PERSON}/signins",
        handler=get_signins,
        params=PersonPath,
        answers={200: SigninsShown},
        permission="signin.read",
        rate_class="read",
        summary="Where an adult is signed in",
    ),
    Route(
        method="DELETE",
        path=f"{PERSON}/signins",
        handler=delete_signins,
        params=PersonPath,
        answers={204: None},
        permission="signin.revoke",
        rate_class="write",
        summary="Sign an adult out everywhere",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="GET",
        path=GRANTS,
        handler=get_grants,
        params=TenantPath,
        query=PageQuery,
        answers={200: GrantsShown},
        permission="grant.read",
        rate_class="read",
        summary="Who holds which role, in the order in which they were given",
    ),
    Route(
        method="POST",
        path=GRANTS,
        handler=post_grant,
        request=NewGrant,
        params=TenantPath,
        answers={201: GrantShown},
        permission="grant.give",
        rate_class="write",
        summary="Give an adult of the tenant a role",
        idempotent_by=IdempotentBy.KEY,
    ),
    Route(
        method="DELETE",
        path=GRANT,
        handler=delete_grant,
        params=GrantPath,
        answers={204: None},
        permission="grant.withdraw",
        rate_class="write",
        summary="Withdraw a role",
        idempotent_by=IdempotentBy.STATE,
    ),
)
