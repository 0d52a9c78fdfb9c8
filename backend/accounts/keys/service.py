"""The rules that every kind of key keeps: a text shown once, replaced with an overlap, ended at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic

from backend.accounts.audit.detail import Detail
from backend.accounts.audit.ids import Id, as_id
from backend.accounts.audit.teller import Teller
from backend.accounts.keys.lookups import store as lookups
from backend.accounts.keys.store import KeyT, KeyTable
from backend.accounts.keys.text_form import Credential, Kind, hash_secret
from backend.accounts.tenants import service as tenants
from backend.db.now import DatabaseNow
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, Conflict, NotFound
from backend.ids import new_id
from backend.secret import Secret

_HOUR_MILLISECONDS: Final = 3_600_000
# A text of a key that is rotated in a hurry ends, so there are never many of them.
_MOST_TEXTS: Final = 5


@dataclass(frozen=True, slots=True)
class Keys(Generic[KeyT]):
    """One kind of key, and the table that has it."""

    kind: Kind
    # The name under which a tenant's keys of this kind are counted.
    counted: str
    table: KeyTable[KeyT]
    # What the trail is told of them.
    told_rotated: Callable[[Id, int], Detail]
    told_revoked: Callable[[Id], Detail]

    async def key(self, tx: Transaction, tenant_id: str, key_id: str) -> KeyT:
        return _there(await self.table.find(tx, tenant_id, key_id))

    async def page(
        self, tx: Transaction, tenant_id: str, after: tuple[int | str, ...] | None, limit: int
    ) -> Sequence[KeyT]:
        return await self.table.page(tx, tenant_id, after=after, limit=limit)

    async def issue(self, tx: Transaction, tenant_id: str) -> tuple[str, Secret]:
        """Return an id and a text for a new key; LimitReached where the tenant has as many as it may."""
        await tenants.take(tx, tenant_id, self.counted)
        key_id = new_id()
        return key_id, await self._text(tx, tenant_id, key_id)

    async def rotate(  # noqa: PLR0917
        self, tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, key_id: str, overlap_hours: int
    ) -> tuple[KeyT, Secret]:
        """Give a key a new text; the one before it holds for some hours more."""
        found = _there(await self.table.find(tx, tenant_id, key_id, for_update=True))
        if found.revoked_at is not None:
            raise Conflict("This key has been revoked; make another one.")
        await lookups.remove_ended(tx, tenant_id, key_id)
        if await lookups.count(tx, tenant_id, key_id) >= _MOST_TEXTS:
            raise Conflict(f"{_MOST_TEXTS} texts of this key still hold; wait until one of them ends, or revoke it.")
        await lookups.end_soon(tx, tenant_id, key_id, overlap_hours * _HOUR_MILLISECONDS)
        text = await self._text(tx, tenant_id, key_id)
        await self.table.change(tx, tenant_id, key_id, {"rotated_at": DatabaseNow()})
        # What is kept of the old text would hold on beyond its end.
        await rights.changed(tx)
        rotated = await self.key(tx, tenant_id, key_id)
        await by.tell(tx, tenant_id, self.told_rotated(as_id(key_id), overlap_hours))
        return rotated, text

    async def revoke(self, tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, key_id: str) -> KeyT:
        """End a key at once; a second time changes nothing."""
        found = _there(await self.table.find(tx, tenant_id, key_id, for_update=True))
        if found.revoked_at is not None:
            return found
        await self.table.change(tx, tenant_id, key_id, {"revoked_at": DatabaseNow()})
        await lookups.remove(tx, tenant_id, key_id)
        await tenants.give_back(tx, tenant_id, self.counted)
        await rights.changed(tx)
        revoked = await self.key(tx, tenant_id, key_id)
        await by.tell(tx, tenant_id, self.told_revoked(as_id(key_id)))
        return revoked

    async def _text(self, tx: Transaction, tenant_id: str, key_id: str) -> Secret:
        made = Credential.for_id(self.kind, key_id)
        await lookups.add(tx, self.kind, tenant_id, key_id, hash_secret(made.secret))
        return Secret(made.text())


def _there(found: KeyT | None) -> KeyT:
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found
