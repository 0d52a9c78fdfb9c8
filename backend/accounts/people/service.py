"""The rules of people: an account, found by an address that the database itself cannot read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.detail import Detail
from backend.accounts.audit.ids import PLATFORM, as_id
from backend.accounts.audit.kinds import PersonResumed, PersonSuspended
from backend.accounts.audit.teller import Teller
from backend.accounts.people import store
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin.email_address import EmailAddress
from backend.accounts.signin.email_address import parse as parse_address
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import NOTHING_HERE, Conflict, NotFound
from backend.ids import new_id
from backend.sealing.key_ring import KeyRing
from backend.sealing.vault import SubjectKey, Vault

_TABLE: Final = "people"
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, as others may see them."""

    id: str
    state: str
    name: str
    email: str
    locale: str
    has_second_factor: bool
    created_at: int
    version: int


class People:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def key_of(self, stored: StoredPerson) -> SubjectKey:
        if stored.wrapped_key is None:
            raise NotFound(NOTHING_HERE)
        return self._vault.platform.subject(stored.id, stored.wrapped_key)

    def opened(self, stored: StoredPerson) -> Person:
        """Unseal what is kept of somebody; of who was erased nothing is left to unseal."""
        name = email = ""
        if stored.wrapped_key is not None and stored.name is not None and stored.email is not None:
            key = self.key_of(stored)
            name = key.unseal(_TABLE, "name", stored.id, stored.name)
            email = key.unseal(_TABLE, "email", stored.id, stored.email)
        return Person(
            id=stored.id,
            state=stored.state,
            name=name,
            email=email,
            locale=stored.locale,
            has_second_factor=stored.totp_since is not None,
            created_at=stored.created_at,
            version=stored.version,
        )

    @property
    def ring(self) -> KeyRing:
        return self._vault.ring

    async def by_lookup(self, tx: Transaction, lookup: str) -> StoredPerson | None:
        """Return whose address has this look-up form."""
        return await store.by_digest(tx, self.ring.digests(_found_by(lookup)))

    async def person(self, tx: Transaction, person_id: str) -> Person:
        return self.opened(there(await store.find(tx, person_id)))

    async def page(self, tx: Transaction, after: str, limit: int) -> Sequence[Person]:
        return [self.opened(each) for each in await store.page(tx, after=after, limit=limit)]

    async def add(
        self, tx: Transaction, address: EmailAddress, name: str, *, locale: str, password_hash: str | None
    ) -> StoredPerson:
        """Make an account; Conflict if its address has one."""
        if await self.by_lookup(tx, address.lookup) is not None:
            raise Conflict("There is an account with this address already.")
        person_id = new_id()
        key, wrapped = self._vault.platform.new_subject(person_id)
        return await store.add(
            tx,
            {
                "id": person_id,
                "wrapped_key": wrapped,
                "email": key.seal(_TABLE, "email", person_id, address.written),
                "email_digest": self.ring.digest(_found_by(address.lookup)),
                "digest_version": self.ring.newest_version(),
                "name": key.seal(_TABLE, "name", person_id, name),
                "locale": locale,
                "password_hash": password_hash,
            },
        )

    async def rename(self, tx: Transaction, stored: StoredPerson, name: str) -> Person:
        sealed = self.key_of(stored).seal(_TABLE, "name", stored.id, name)
        await store.change(tx, stored.id, {"name": sealed})
        return await self.person(tx, stored.id)

    async def suspend(self, tx: Transaction, by: Teller, rights: RightsChanges, person_id: str) -> Person:
        """Stop everything that somebody does; nothing is lost."""
        return await self._turn(tx, by, rights, person_id, "suspended", PersonSuspended())

    async def resume(self, tx: Transaction, by: Teller, rights: RightsChanges, person_id: str) -> Person:
        return await self._turn(tx, by, rights, person_id, "active", PersonResumed())

    async def _turn(  # noqa: PLR0917 - who turns whom to what
        self, tx: Transaction, by: Teller, rights: RightsChanges, person_id: str, state: str, detail: Detail
    ) -> Person:
        found = there(await store.find(tx, person_id, for_update=True))
        if found.state == state:
            return self.opened(found)
        await store.change(tx, person_id, {"state": state})
        await rights.changed(tx)
        await by.tell(tx, PLATFORM, detail, subject_id=as_id(person_id))
        return await self.person(tx, person_id)

    async def digest_all_anew(self, database: Database, told: Callable[[int], None] = lambda _count: None) -> int:
        """Have everybody found by a digest of the newest key; return how many were not."""
        done = 0
        while count := await database.write(self._digest_some):
            done += count
            told(done)
        return done

    async def _digest_some(self, tx: Transaction) -> int:
        newest = self.ring.newest_version()
        old = await store.under_another_version(tx, newest, at_most=_AT_ONCE)
        for each in old:
            address = parse_address(self.opened(each).email)
            digest = self.ring.digest(_found_by(address.lookup))
            await store.change(tx, each.id, {"email_digest": digest, "digest_version": newest})
        return len(old)


def there(found: StoredPerson | None) -> StoredPerson:
    if found is None or found.state == "erased":
        raise NotFound(NOTHING_HERE)
    return found


def _found_by(lookup: str) -> str:
    return f"email {lookup}"
