"""Signing in: the same answer after the same work, whoever is asked for and whatever is wrong."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, Id
from backend.accounts.audit.kinds import SigninFailed, SigninSucceeded
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.words import SigninFailure, SigninMethod
from backend.accounts.mail.notices import Notices
from backend.accounts.people import store as people_store
from backend.accounts.people.service import People
from backend.accounts.people.store import StoredPerson
from backend.accounts.refused import Refused
from backend.accounts.signin import email_address
from backend.accounts.signin.device_words import device_words
from backend.accounts.signin.email_address import AddressRefused
from backend.accounts.signin.hash_queue import HashQueue
from backend.accounts.signin.hashing import Verified
from backend.accounts.signin.known_device import new_device, read_device
from backend.accounts.signin.prepared import prepare
from backend.accounts.signin.sessions import service as sessions
from backend.accounts.signin.sessions.service import Opened
from backend.accounts.signin.tries.service import Tries, Try
from backend.db.unit import Database, Transaction
from backend.errors import SignInRefused
from backend.secret import Secret

_NOT_RIGHT: Final = "The address or the password is not right."
# Nothing that somebody could have typed as an address looks like it.
_NO_ADDRESS: Final = "\0"


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where a try came from."""

    network: str
    agent: str
    # What an earlier sign-in left on this device, as it was told.
    device: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    opened: Opened
    device: str
    needs_second_factor: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    person: StoredPerson | None
    tried: Try
    is_known_device: bool


class SignIn:
    def __init__(self, people: People, hashes: HashQueue, tries: Tries, trail: AuditTrail, notices: Notices) -> None:
        self._people = people
        self._hashes = hashes
        self._tries = tries
        self._trail = trail
        self._notices = notices

    async def sign_in(self, database: Database, address: str, password: str, came: CameFrom) -> SignedIn:
        """Open a sign-in; SignInRefused whatever was wrong, TooManyTries where the next try has to wait."""
        found_by, typed = _read(address, password)
        asked = await database.write(lambda tx: self._begin(tx, found_by, came))
        verified = await self._verify(asked.person, typed)
        person = asked.person
        if person is None or not verified.right or person.state != "active":
            await database.write(lambda tx: self._tell_failure(tx, person, right=verified.right))
            raise SignInRefused(_NOT_RIGHT)
        rehashed = await self._hashes.hash(typed) if typed is not None and verified.needs_rehash else None
        return await database.write(lambda tx: self._open(tx, person, asked, came, rehashed))

    async def check_password(self, database: Database, person: StoredPerson, password: str, network: str) -> None:
        """Have somebody who is signed in prove the password anew; the same counters stand in the way of guessing."""
        lookup = email_address.parse(self._people.opened(person).email).lookup
        tried = await database.write(lambda tx: self._tries.begin(tx, lookup, network, None))
        if not (await self._verify(person, _prepared(password))).right:
            await database.write(lambda tx: self._tell_failure(tx, person, right=False))
            raise SignInRefused("The password is not right.")
        await database.write(lambda tx: self._tries.was_right(tx, tried))

    async def _begin(self, tx: Transaction, lookup: str, came: CameFrom) -> _Asked:
        person = None
        if lookup != _NO_ADDRESS:
            person = await self._people.by_lookup(tx, lookup)
        device = None if person is None else read_device(self._people.ring, person.id, came.device)
        return _Asked(person, await self._tries.begin(tx, lookup, came.network, device), device is not None)

    async def _verify(self, person: StoredPerson | None, password: Secret | None) -> Verified:
        # What cannot be a password costs what a wrong one costs.
        typed = Secret("") if password is None else password
        if person is None or person.password_hash is None or password is None:
            return await self._hashes.verify_unknown(typed)
        return await self._hashes.verify(person.password_hash, typed)

    async def _open(
        self, tx: Transaction, person: StoredPerson, asked: _Asked, came: CameFrom, rehashed: str | None
    ) -> SignedIn:
        now = await people_store.find(tx, person.id, for_update=True)
        if now is None or now.state != "active" or now.password_hash != person.password_hash:
            # Suspended, or the password was changed, while the hash was computed.
            raise SignInRefused(_NOT_RIGHT)
        if rehashed is not None:
            await people_store.change(tx, person.id, {"password_hash": rehashed})
        has_second_factor = now.totp_since is not None
        if not has_second_factor:
            await self._tries.was_right(tx, asked.tried)
        device = device_words(came.agent)
        opened = await sessions.open_signin(tx, person.id, device=device)
        if not asked.is_known_device:
            await self._notices.new_sign_in(tx, now, device, came.network)
        detail = SigninSucceeded(Id(opened.signin.id), SigninMethod.PASSWORD)
        await self._trail.record(tx, PLATFORM, Event(Actor.person(Id(person.id)), detail, Id(person.id)))
        return SignedIn(opened, new_device(self._people.ring, person.id), has_second_factor)

    async def _tell_failure(self, tx: Transaction, person: StoredPerson | None, *, right: bool) -> None:
        reason = SigninFailure.UNKNOWN_ACCOUNT
        if person is not None:
            reason = SigninFailure.SUSPENDED if right else SigninFailure.WRONG_SECRET
        subject = None if person is None else Id(person.id)
        await self._trail.record(
            tx, PLATFORM, Event(Actor.nobody(), SigninFailed(SigninMethod.PASSWORD, reason), subject)
        )


def _read(address: str, password: str) -> tuple[str, Secret | None]:
    try:
        lookup = email_address.parse(address).lookup
    except AddressRefused:
        lookup = _NO_ADDRESS
    return lookup, _prepared(password)


def _prepared(password: str) -> Secret | None:
    try:
        return prepare(password)
    except Refused:
        return None
