"""Asking adults in: by a link that works once, bound to an address, a tenant and a role."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import InvitationRevoked, PersonInvited
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import Role
from backend.accounts.keys.text_form import Kind
from backend.accounts.mail.notices import Notices
from backend.accounts.people import store as people_store
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.places import check_place
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.people.invitations import address, store
from backend.accounts.people.invitations.schemas import NewInvitation
from backend.accounts.people.invitations.store import Invitation
from backend.accounts.people.matrix import Matrix
from backend.accounts.people.service import People, there
from backend.accounts.signin import email_address
from backend.accounts.signin.email_address import AddressRefused, EmailAddress
from backend.accounts.signin.links import service as links
from backend.accounts.signin.links.service import NewLink
from backend.accounts.tenants import service as tenants
from backend.db.now import now_milliseconds
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, Conflict, Forbidden, LinkRefused, NotFound, refused_value
from backend.ids import new_id
from backend.sealing import store as sealing
from backend.sealing.vault import Vault


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as those who may see it do."""

    stored: Invitation
    email: str
    # At its making alone; who asks later sees none.
    link: NewLink | None = None


@dataclass(frozen=True, slots=True)
class _Open:
    tenant_id: str
    stored: Invitation
    address: EmailAddress


class Invitations:
    def __init__(self, vault: Vault, matrix: Matrix, people: People, notices: Notices, trail: AuditTrail) -> None:
        self._vault = vault
        self._matrix = matrix
        self._people = people
        self._notices = notices
        self._trail = trail

    async def invite(self, tx: Transaction, by: Teller, tenant_id: str, wanted: NewInvitation, inviter: str) -> Invited:
        """Send somebody a link with which they take a role in a tenant."""
        tenant = await tenants.tenant(tx, tenant_id)
        now = await now_milliseconds(tx)
        check_place(
            self._matrix, wanted.role, tenant_kind=tenant.kind, class_id=wanted.class_id, until=wanted.until, now=now
        )
        asked_in = read_address(wanted.email)
        invitation_id = new_id()
        key, wrapped = (await self._vault.of_tenant(tx, tenant_id)).new_subject(invitation_id)
        await sealing.add_subject(tx, tenant_id, invitation_id, wrapped)
        link = await links.make(tx, Kind.INVITE, tenant_id=tenant_id, subject_id=invitation_id)
        values = {
            "email": address.sealed(key, invitation_id, asked_in.written),
            "role": wanted.role,
            "class_id": wanted.class_id,
            "until": wanted.until,
        }
        ends_at = round(link.ends.timestamp() * 1000)
        inviting = (by.actor.kind.value, by.actor.id)
        made = await store.add(tx, tenant_id, invitation_id, values, by=inviting, ends_at=ends_at)
        await self._notices.invitation(tx, tenant_id, invitation_id, key, asked_in, inviter, link.path, link.ends)
        await by.tell(tx, tenant_id, PersonInvited(as_id(invitation_id), Role(wanted.role)))
        return Invited(made, asked_in.written, link)

    async def inviter_name(self, tx: Transaction, person_id: str) -> str:
        return (await self._people.person(tx, person_id)).name

    async def page(self, tx: Transaction, tenant_id: str, after: str, limit: int) -> Sequence[Invited]:
        found = await store.page(tx, tenant_id, after=after, limit=limit)
        return [Invited(each, await self._email(tx, tenant_id, each)) for each in found]

    async def revoke(self, tx: Transaction, by: Teller, tenant_id: str, invitation_id: str) -> None:
        """Take an invitation back; one that was accepted is a role by now."""
        found = await store.find(tx, tenant_id, invitation_id, for_update=True)
        if found is None:
            raise NotFound(NOTHING_HERE)
        if found.state == "accepted":
            raise Conflict("This invitation was accepted; withdraw the role instead.")
        if found.state == "open":
            await address.close(tx, tenant_id, invitation_id, "revoked", person_id=None)
            await by.tell(tx, tenant_id, InvitationRevoked(as_id(invitation_id)))

    async def look(self, tx: Transaction, link: str) -> tuple[str, str]:
        """Return the tenant of a link that still holds, and the invitation in it."""
        found = await links.look(tx, Kind.INVITE, link)
        return found.tenant_id or "", found.subject_id or ""

    async def address_of(self, tx: Transaction, tenant_id: str, invitation_id: str) -> str:
        return (await self._open(tx, tenant_id, invitation_id, to_change=False)).address.written

    async def accept_as_new(  # noqa: PLR0917 - an account, whole
        self,
        tx: Transaction,
        rights: RightsChanges,
        tenant_id: str,
        link: str,
        name: str,
        locale: str,
        password_hash: str,
    ) -> tuple[str, Invitation]:
        """Make an account for the address of an invitation and give it the role; return who, and what."""
        opened = await self._use(tx, tenant_id, link)
        if await self._people.by_lookup(tx, opened.address.lookup) is not None:
            raise Conflict("This address has an account; sign in, and accept the invitation there.")
        made = await self._people.add(tx, opened.address, name, locale=locale, password_hash=password_hash)
        return made.id, await self._take(tx, rights, opened, made.id)

    async def accept_as_known(
        self, tx: Transaction, rights: RightsChanges, tenant_id: str, link: str, person_id: str
    ) -> Invitation:
        """Give somebody who has an account the role of an invitation that went to their address."""
        opened = await self._use(tx, tenant_id, link)
        owner = await self._people.by_lookup(tx, opened.address.lookup)
        if owner is None or owner.id != person_id:
            raise Forbidden("This invitation went to another address than that of this account.")
        return await self._take(tx, rights, opened, there(await people_store.find(tx, person_id)).id)

    async def _take(self, tx: Transaction, rights: RightsChanges, opened: _Open, person_id: str) -> Invitation:
        stored, tenant_id = opened.stored, opened.tenant_id
        tenant = await tenants.tenant(tx, tenant_id)
        now = await now_milliseconds(tx)
        # The matrix, the tenant or the date may have changed since.
        check_place(
            self._matrix, stored.role, tenant_kind=tenant.kind, class_id=stored.class_id, until=stored.until, now=now
        )
        await grants.join(tx, tenant_id, person_id)
        wanted = NewGrant(person_id, stored.role, stored.class_id, stored.until)
        await address.close(tx, tenant_id, stored.id, "accepted", person_id=person_id)
        # Who takes it acts; who invited stands in the event of that.
        by = Teller(self._trail, Actor.person(as_id(person_id)))
        await grants.add(tx, by, rights, tenant, wanted)
        return stored

    async def _use(self, tx: Transaction, tenant_id: str, link: str) -> _Open:
        used = await links.use(tx, Kind.INVITE, link)
        if used.tenant_id != tenant_id:
            raise LinkRefused("This link is for something else.")
        return await self._open(tx, tenant_id, used.subject_id or "", to_change=True)

    async def _open(self, tx: Transaction, tenant_id: str, invitation_id: str, *, to_change: bool) -> _Open:
        stored = await store.find(tx, tenant_id, invitation_id, for_update=to_change)
        if stored is None or stored.state != "open" or stored.email is None:
            raise LinkRefused("This invitation was taken back.")
        return _Open(tenant_id, stored, email_address.parse(await self._email(tx, tenant_id, stored)))

    async def _email(self, tx: Transaction, tenant_id: str, stored: Invitation) -> str:
        return await address.unsealed(self._vault, tx, tenant_id, stored)


def read_address(text: str) -> EmailAddress:
    try:
        return email_address.parse(text)
    except AddressRefused as error:
        raise refused_value("/body/email", error.sentence) from None
