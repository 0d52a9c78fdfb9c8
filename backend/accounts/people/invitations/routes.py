"""The routes of invitations, and of the first account of all."""

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import teller_of
from backend.accounts.keys.text_form import Kind
from backend.accounts.people import first_administrator
from backend.accounts.people.grants.schemas import TenantPath
from backend.accounts.people.invitations.schemas import (
    Acceptance,
    AcceptanceByAccount,
    Accepted,
    AccountMade,
    FirstAdministrator,
    InvitationMade,
    InvitationPath,
    InvitationShown,
    InvitationsShown,
    NewInvitation,
)
from backend.accounts.people.invitations.service import Invited, read_address
from backend.accounts.signin.links import service as links
from backend.accounts.signin.oneself import oneself
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IN_PERSON, PUBLIC, IdempotentBy, Route

INVITATIONS = "/api/v1/tenants/{tenant_id}/invitations"
INVITATION = f"{INVITATIONS}/{{invitation_id}}"

_BY_AGE = Cursors("invitations", str)


async def get_invitations(call: Call[None, PageQuery, TenantPath]) -> Answer:
    query, invitations = call.query, call.app[ACCOUNTS].invitations
    after = _BY_AGE.after(query)

    async def unit(tx: Transaction) -> InvitationsShown:
        found = await invitations.page(tx, call.params.tenant_id, after, query.limit + 1)
        page = _BY_AGE.page(found, [(each.stored.id,) for each in found], query)
        return InvitationsShown(tuple(map(_shown, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def post_invitation(call: Call[NewInvitation, None, TenantPath], tx: Transaction) -> Answer:
    invitations, tenant_id = call.app[ACCOUNTS].invitations, call.params.tenant_id
    inviter = await invitations.inviter_name(tx, call.caller.id)
    invited = await invitations.invite(tx, teller_of(call), tenant_id, call.body, inviter)
    location = INVITATION.format(tenant_id=tenant_id, invitation_id=invited.stored.id)
    return Answer(201, InvitationMade(invited.stored.id, invited.stored.ends_at), (("Location", location),))


async def delete_invitation(call: Call[None, None, InvitationPath], tx: Transaction) -> Answer:
    await call.app[ACCOUNTS].invitations.revoke(tx, teller_of(call), call.params.tenant_id, call.params.invitation_id)
    return Answer(204)


async def post_acceptance(call: Call[Acceptance, None, None]) -> Answer:
    accounts, database, body = call.app[ACCOUNTS], call.app[DATABASE], call.body
    tenant_id, invitation_id = await database.read(lambda tx: accounts.invitations.look(tx, body.link))
    address = await database.read(
        lambda tx: accounts.invitations.address_of(tx, tenant_id, invitation_id), tenant=tenant_id
    )
    hashed = await accounts.passwords.hashed(body.password, about=(body.name, address))

    async def unit(tx: Transaction) -> Accepted:
        _, taken = await accounts.invitations.accept_as_new(
            tx, call.app[RIGHTS], tenant_id, body.link, body.name, body.locale, hashed
        )
        return Accepted(tenant_id, taken.role)

    return Answer(201, await database.write(unit, tenant=tenant_id))


async def post_my_invitation(call: Call[AcceptanceByAccount, None, None]) -> Answer:
    who, accounts, database = oneself(call.caller), call.app[ACCOUNTS], call.app[DATABASE]
    tenant_id, _ = await database.read(lambda tx: accounts.invitations.look(tx, call.body.link))

    async def unit(tx: Transaction) -> Accepted:
        taken = await accounts.invitations.accept_as_known(
            tx, call.app[RIGHTS], tenant_id, call.body.link, who.person_id
        )
        return Accepted(tenant_id, taken.role)

    return Answer(201, await database.write(unit, tenant=tenant_id))


async def post_first_administrator(call: Call[FirstAdministrator, None, None]) -> Answer:
    accounts, database, body = call.app[ACCOUNTS], call.app[DATABASE], call.body
    await database.read(lambda tx: links.look(tx, Kind.FIRST, body.link))
    address = read_address(body.email)
    hashed = await accounts.passwords.hashed(body.password, about=(body.name, body.email))

    async def unit(tx: Transaction) -> AccountMade:
        return AccountMade(await first_administrator.accept(tx, accounts.trail, accounts.people, address, body, hashed))

    return Answer(201, await database.write(unit))


def _shown(invited: Invited) -> InvitationShown:
    stored = invited.stored
    return InvitationShown(
        id=stored.id,
        email=invited.email,
        role=stored.role,
        class_id=stored.class_id,
        until=stored.until,
        state=stored.state,
        invited_at=stored.invited_at,
        ends_at=stored.ends_at,
    )


ROUTES = (
    Route(
        method="GET",
        path=INVITATIONS,
        handler=get_invitations,
        params=TenantPath,
        query=PageQuery,
        answers={200: InvitationsShown},
        permission="person.read",
        rate_class="read",
        summary="Who was invited, in the order in which they were",
    ),
    Route(
        method="POST",
        path=INVITATIONS,
        handler=post_invitation,
        request=NewInvitation,
        params=TenantPath,
        answers={201: InvitationMade},
        permission="person.invite",
        rate_class="write",
        summary="Send an adult a link with which they take a role",
        idempotent_by=IdempotentBy.KEY,
    ),
    Route(
        method="DELETE",
        path=INVITATION,
        handler=delete_invitation,
        params=InvitationPath,
        answers={204: None},
        permission="person.invite",
        rate_class="write",
        summary="Take an invitation back",
        idempotent_by=IdempotentBy.STATE,
    ),
    Route(
        method="POST",
        path="/api/v1/invitations/acceptance",
        handler=post_acceptance,
        request=Acceptance,
        answers={201: Accepted},
        permission=PUBLIC,
        rate_class="signin",
        summary="Make an account with the link of an invitation",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="POST",
        path="/api/v1/me/invitations",
        handler=post_my_invitation,
        request=AcceptanceByAccount,
        answers={201: Accepted},
        permission=IN_PERSON,
        rate_class="write",
        summary="Take the role of an invitation with the account that one has",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
    Route(
        method="POST",
        path="/api/v1/first-administrator",
        handler=post_first_administrator,
        request=FirstAdministrator,
        answers={201: AccountMade},
        permission=PUBLIC,
        rate_class="signin",
        summary="Make the first account with the link that the start of the bridge printed",
        idempotent_by=IdempotentBy.ATTEMPT,
    ),
)
