"""The address that an invitation went to: sealed under a key of its own, which goes as soon as it has done its work."""

from typing import Final

from backend.accounts.keys.text_form import Kind
from backend.accounts.people.invitations import store
from backend.accounts.people.invitations.store import Invitation
from backend.accounts.signin import email_address
from backend.accounts.signin.links import service as links
from backend.db.unit import Transaction
from backend.sealing import store as sealing
from backend.sealing.vault import SubjectKey, Vault

_TABLE: Final = "invitations"
_COLUMN: Final = "email"
_AT_ONCE: Final = 100


def sealed(key: SubjectKey, invitation_id: str, written: str) -> bytes:
    return key.seal(_TABLE, _COLUMN, invitation_id, written)


async def unsealed(vault: Vault, tx: Transaction, tenant_id: str, stored: Invitation) -> str:
    """Return the address; of an invitation that has ended nothing is left to unseal."""
    if stored.email is None:
        return ""
    wrapped = await sealing.subject(tx, tenant_id, stored.id)
    if wrapped is None:
        return ""
    key = (await vault.of_tenant(tx, tenant_id)).subject(stored.id, wrapped)
    return key.unseal(_TABLE, _COLUMN, stored.id, stored.email)


async def close(tx: Transaction, tenant_id: str, invitation_id: str, state: str, *, person_id: str | None) -> None:
    await links.end(tx, Kind.INVITE, invitation_id)
    await store.close(tx, tenant_id, invitation_id, state, person_id=person_id)
    # With the key the letter in the outbox goes too.
    await sealing.destroy_subject(tx, tenant_id, invitation_id)


async def take_back(vault: Vault, tx: Transaction, tenant_id: str, lookup: str) -> int:
    """Take back what went to an address and nobody took yet; return how many there were.

    No digest of the address stands beside an invitation, so that nobody can tell from the table who was asked in
    twice; the open ones of a school are few enough to be unsealed.
    """
    taken, after = 0, ""
    while found := await store.page_of_open(tx, tenant_id, after=after, limit=_AT_ONCE):
        after = found[-1].id
        for each in found:
            written = await unsealed(vault, tx, tenant_id, each)
            if written and email_address.parse(written).lookup == lookup:
                await close(tx, tenant_id, each.id, "revoked", person_id=None)
                taken += 1
    return taken
