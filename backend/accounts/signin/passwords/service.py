"""Choosing a password: with the one before it, or with a link that works once. Nobody chooses it for somebody else."""

import asyncio
from collections.abc import Sequence

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, Id
from backend.accounts.audit.kinds import PasswordChanged
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.words import PasswordChange
from backend.accounts.keys.text_form import Kind
from backend.accounts.mail.notices import Notices
from backend.accounts.people import store as people_store
from backend.accounts.people.service import People, there
from backend.accounts.people.store import StoredPerson
from backend.accounts.refused import Refused
from backend.accounts.signin import email_address
from backend.accounts.signin.breached import Breached
from backend.accounts.signin.email_address import AddressRefused
from backend.accounts.signin.hash_queue import HashQueue
from backend.accounts.signin.links import service as links
from backend.accounts.signin.links.service import NewLink
from backend.accounts.signin.password import choose
from backend.accounts.signin.service import SignIn
from backend.accounts.signin.sessions import service as sessions
from backend.accounts.signin.tries.service import Tries
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import refused_value


class Passwords:
    def __init__(
        self,
        *,
        people: People,
        hashes: HashQueue,
        tries: Tries,
        signin: SignIn,
        trail: AuditTrail,
        notices: Notices,
        breached: Breached | None,
    ) -> None:
        self._people = people
        self._hashes = hashes
        self._tries = tries
        self._signin = signin
        self._trail = trail
        self._notices = notices
        self._breached = breached

    async def hashed(self, password: str, *, about: Sequence[str], path: str = "/body/password") -> str:
        """Return what is stored of a password that may be chosen; InvalidRequest says why one may not."""
        try:
            # Looking for what is easy to guess takes milliseconds, and the list of stolen ones lies on a disk.
            chosen = await asyncio.to_thread(choose, password, about=tuple(about), breached=self._breached)
        except Refused as error:
            raise refused_value(path, error.sentence) from None
        return await self._hashes.hash(chosen)

    async def change(  # noqa: PLR0917 - who, what and from where
        self,
        database: Database,
        rights: RightsChanges,
        person_id: str,
        signin_id: str | None,
        current: str,
        new: str,
        network: str,
    ) -> None:
        """Take a new password from somebody who knows the old one, and sign them out everywhere else."""
        person = there(await database.read(lambda tx: people_store.find(tx, person_id)))
        await self._signin.check_password(database, person, current, network)
        opened = self._people.opened(person)
        hashed = await self.hashed(new, about=(opened.name, opened.email), path="/body/new_password")

        async def unit(tx: Transaction) -> None:
            now = there(await people_store.find(tx, person_id, for_update=True))
            await self._set(tx, rights, now, hashed, PasswordChange.BY_OWNER, but=signin_id)

        await database.write(unit)

    async def ask_for_link(self, database: Database, address: str, network: str) -> None:
        """Send a link to the address as it is stored; what happens is the same for one that nobody has."""
        try:
            lookup = email_address.parse(address).lookup
        except AddressRefused:
            lookup = ""

        async def unit(tx: Transaction) -> None:
            await self._tries.begin(tx, f"reset {lookup}", network, None)
            person = await self._people.by_lookup(tx, lookup)
            if person is not None and person.state == "active":
                await self.send_link(tx, person)

        await database.write(unit)

    async def send_link(self, tx: Transaction, person: StoredPerson) -> NewLink:
        made = await links.make(tx, Kind.RESET, subject_id=person.id)
        await self._notices.password_reset(tx, person, made.path, made.ends)
        return made

    async def reset(self, database: Database, rights: RightsChanges, link: str, password: str) -> None:
        """Take a new password with a link; a second factor stays as it is, and the next sign-in asks for it."""

        async def owner(tx: Transaction) -> StoredPerson:
            found = await links.look(tx, Kind.RESET, link)
            return there(await people_store.find(tx, found.subject_id or ""))

        opened = self._people.opened(await database.read(owner))
        # Before the link is used up, so that a password that may not be chosen does not cost it.
        hashed = await self.hashed(password, about=(opened.name, opened.email))

        async def unit(tx: Transaction) -> None:
            used = await links.use(tx, Kind.RESET, link)
            person = there(await people_store.find(tx, used.subject_id or "", for_update=True))
            await self._set(tx, rights, person, hashed, PasswordChange.BY_RESET)

        await database.write(unit)

    async def _set(
        self,
        tx: Transaction,
        rights: RightsChanges,
        person: StoredPerson,
        hashed: str,
        change: PasswordChange,
        *,
        but: str | None = None,
    ) -> None:
        await people_store.change(tx, person.id, {"password_hash": hashed})
        await links.end(tx, Kind.RESET, person.id)
        await sessions.end_all(tx, rights, person.id, but=but)
        await self._notices.password_changed(tx, person)
        who = Id(person.id)
        await self._trail.record(tx, PLATFORM, Event(Actor.person(who), PasswordChanged(change), who))
