"""What seals and unseals the fields of the database: master key, key of a holder, key of a subject, value.

A holder is a tenant, or PLATFORM for people, who belong to no tenant. A holder's key is kept in memory: to take it away
takes the key itself, which deleting the tenant does.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from backend.db.unit import Database, Transaction
from backend.errors import DatabaseUnavailable, FilesError
from backend.sealing import store
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import KEY_BYTES, Purpose, UnknownVersion
from backend.sealing.sealed import DoesNotOpen, Place, seal, unseal, version_of
from backend.sealing.store import WrappedKey

PLATFORM: Final = "platform"
_HOLDERS_KEPT: Final = 1024
# Keys of holders and subjects have one version; what they are wrapped in has many.
_FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The key of one person: without it nothing that was sealed with it can be read by anybody."""

    holder: str
    secret: bytes = field(repr=False)

    def seal(self, table: str, column: str, row: str, text: str) -> bytes:
        return seal(self.secret, _FIRST, Place(table, column, row, self.holder), text.encode("utf-8"))

    def unseal(self, table: str, column: str, row: str, sealed: bytes) -> str:
        return unseal(self.secret, Place(table, column, row, self.holder), sealed).decode("utf-8")


@dataclass(frozen=True, slots=True)
class HolderKey:
    """The key under which the keys of one holder's subjects are wrapped."""

    holder: str
    secret: bytes = field(repr=False)

    def new_subject(self, subject_id: str) -> tuple[SubjectKey, bytes]:
        """Return a new key for somebody, and what is kept of it."""
        key = SubjectKey(self.holder, secrets.token_bytes(KEY_BYTES))
        return key, seal(self.secret, _FIRST, self._place(subject_id), key.secret)

    def subject(self, subject_id: str, wrapped: bytes) -> SubjectKey:
        return SubjectKey(self.holder, unseal(self.secret, self._place(subject_id), wrapped))

    def _place(self, subject_id: str) -> Place:
        return Place("subject_keys", "wrapped", subject_id, self.holder)


class Vault:
    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._holders: OrderedDict[str, HolderKey] = OrderedDict()

    async def open(self, database: Database) -> None:
        """Have the platform's key at hand; FilesError if this key file is not the one of this database."""

        async def find(tx: Transaction) -> WrappedKey | None:
            return await store.find(tx, PLATFORM)

        async def make(tx: Transaction) -> WrappedKey | None:
            await store.add(tx, self._new(PLATFORM))
            return await store.find(tx, PLATFORM)

        wrapped = await database.read(find) or await database.write(make)
        if wrapped is None:
            raise FilesError("The key of the platform was not kept.")
        try:
            self._keep(self._unwrapped(wrapped))
        except (DoesNotOpen, UnknownVersion) as error:
            raise FilesError(
                "The key file is not the one that this database was sealed with "
                f"(version {wrapped.master_version} does not fit); put back the file that belongs to it."
            ) from error

    @property
    def platform(self) -> HolderKey:
        """The key of the people, who belong to no tenant."""
        return self._holders[PLATFORM]

    async def of_tenant(self, tx: Transaction, tenant_id: str) -> HolderKey:
        """Return the key of a tenant, which is made when it is first needed."""
        kept = self._holders.get(tenant_id)
        if kept is not None:
            self._holders.move_to_end(tenant_id)
            return kept
        wrapped = await store.find(tx, tenant_id)
        if wrapped is None:
            wrapped = self._new(tenant_id)
            if not await store.add(tx, wrapped):
                raise DatabaseUnavailable("Somebody else made the key of this tenant just now; send this again.")
        # Not kept before the unit is: what is rolled back would be used on.
        key = self._unwrapped(wrapped)
        tx.after_commit(lambda: self._keep(key))
        return key

    async def destroy(self, tx: Transaction, tenant_id: str) -> None:
        """Make all that was sealed for a tenant unreadable, in every copy of the database that is not older."""
        await store.destroy(tx, tenant_id)
        self._holders.pop(tenant_id, None)

    def wrapped_anew(self, old: WrappedKey) -> WrappedKey:
        """Wrap a key under the newest master key."""
        return self._wrapped(self._unwrapped(old))

    def opens(self, wrapped: WrappedKey) -> bool:
        try:
            self._unwrapped(wrapped)
        except (DoesNotOpen, UnknownVersion):
            return False
        return True

    def _new(self, holder: str) -> WrappedKey:
        return self._wrapped(HolderKey(holder, secrets.token_bytes(KEY_BYTES)))

    def _wrapped(self, key: HolderKey) -> WrappedKey:
        version = self.ring.newest_version()
        master = self.ring.key(version, Purpose.WRAP)
        return WrappedKey(key.holder, seal(master, version, _place(key.holder), key.secret), version)

    def _unwrapped(self, wrapped: WrappedKey) -> HolderKey:
        master = self.ring.key(version_of(wrapped.wrapped), Purpose.WRAP)
        return HolderKey(wrapped.holder, unseal(master, _place(wrapped.holder), wrapped.wrapped))

    def _keep(self, key: HolderKey) -> None:
        self._holders[key.holder] = key
        if len(self._holders) > _HOLDERS_KEPT:
            # The platform's is needed without a unit to read it in.
            self._holders.move_to_end(PLATFORM)
            self._holders.popitem(last=False)


def _place(holder: str) -> Place:
    return Place("holder_keys", "wrapped", holder, holder)
