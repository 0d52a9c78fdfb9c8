"""The second factor: codes of an authenticator app, each good once, and codes on paper for the day it is lost."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, Id
from backend.accounts.audit.kinds import SecondFactorChanged, SigninFailed, SigninSucceeded
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import SecondFactorChange, SigninFailure, SigninMethod
from backend.accounts.mail.notices import Notices
from backend.accounts.people import store
from backend.accounts.people.service import People, there
from backend.accounts.people.store import StoredPerson
from backend.accounts.refused import Refused
from backend.accounts.signin import recovery_codes, totp
from backend.accounts.signin.sessions import service as sessions
from backend.accounts.signin.sessions.service import Opened
from backend.accounts.signin.tries.service import Tries
from backend.db.now import now_milliseconds
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import Conflict, SignInRefused
from backend.secret import Secret

_TABLE: Final = "people"
_COLUMN: Final = "totp"
_NOT_RIGHT: Final = "This code is not right, has been used, or is too old; take the next one."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is given, shown once."""

    secret: Secret
    uri: Secret


class SecondFactor:
    def __init__(self, people: People, tries: Tries, trail: AuditTrail, notices: Notices, house: str) -> None:
        self._people = people
        self._tries = tries
        self._trail = trail
        self._notices = notices
        self._house = house

    async def begin(self, tx: Transaction, person_id: str) -> Enrolment:
        """Make a secret for an app; it counts for nothing until a code of it was seen."""
        person = there(await store.find(tx, person_id, for_update=True))
        if person.totp_since is not None:
            raise Conflict("This account has an authenticator already; remove it first.")
        secret = totp.new_secret()
        sealed = self._people.key_of(person).seal(_TABLE, _COLUMN, person.id, secret.reveal())
        await store.change(tx, person.id, {"totp": sealed, "totp_step": None})
        account = self._people.opened(person).email
        return Enrolment(secret, totp.provisioning_uri(secret, account=account, issuer=self._house))

    async def confirm(
        self, database: Database, rights: RightsChanges, person_id: str, signin_id: str, code: str
    ) -> tuple[Opened, tuple[Secret, ...]]:
        """Take the new secret into use once a code of it was seen; return a renewed sign-in and recovery codes."""
        digest = await database.write(lambda tx: self._tries.begin_second_factor(tx, person_id))

        async def unit(tx: Transaction) -> tuple[Opened, tuple[Secret, ...]]:
            person = there(await store.find(tx, person_id, for_update=True))
            if person.totp is None or person.totp_since is not None:
                raise Conflict("There is no authenticator that waits to be confirmed; begin anew.")
            step = await self._step(tx, person, code)
            if step is None:
                raise SignInRefused(_NOT_RIGHT)
            since = await now_milliseconds(tx)
            await store.change(tx, person_id, {"totp_since": since, "totp_step": step})
            codes = await self._new_codes(tx, person_id)
            await self._tries.second_factor_was_right(tx, digest)
            opened = await sessions.renew(tx, rights, signin_id, second_factor=True)
            # Other sign-ins were made without it.
            await sessions.end_all(tx, rights, person_id, but=signin_id)
            await self._changed(tx, person, SecondFactorChange.ADDED, "was switched on")
            return opened, codes

        return await database.write(unit)

    async def prove(
        self, database: Database, rights: RightsChanges, person_id: str, signin_id: str, code: str, *, step_up: bool
    ) -> Opened:
        """Complete a sign-in with a code of the app or of the paper, or prove anew who it is; it is renewed."""
        digest = await database.write(lambda tx: self._tries.begin_second_factor(tx, person_id))
        used = await database.write(lambda tx: self._use(tx, person_id, code))
        if used is None:
            await database.write(lambda tx: self._tell_failure(tx, person_id))
            raise SignInRefused(_NOT_RIGHT)

        async def unit(tx: Transaction) -> Opened:
            await self._tries.second_factor_was_right(tx, digest)
            opened = await sessions.renew(tx, rights, signin_id, second_factor=True, stepped_up=step_up)
            who, detail = Id(person_id), SigninSucceeded(Id(signin_id), SigninMethod.PASSWORD, used)
            await self._trail.record(tx, PLATFORM, Event(Actor.person(who), detail, who))
            return opened

        return await database.write(unit)

    async def remove(self, tx: Transaction, rights: RightsChanges, person_id: str) -> None:
        """Do without a second factor; roles that need one give nothing from now on."""
        person = there(await store.find(tx, person_id, for_update=True))
        if person.totp is None:
            # It was sent again, as its answer was lost.
            return
        await self._forget(tx, rights, person)
        await self._changed(tx, person, SecondFactorChange.REMOVED, "was switched off")

    async def reset(
        self, tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, person: StoredPerson
    ) -> None:
        """Remove the second factor of somebody who has lost it, and sign them out everywhere."""
        if person.totp is None:
            return
        await self._forget(tx, rights, person)
        await sessions.end_all(tx, rights, person.id)
        await self._notices.second_factor_changed(tx, person, "was switched off by an administrator")
        detail = SecondFactorChanged(SigninMethod.TOTP, SecondFactorChange.RESET)
        await by.tell(tx, tenant_id, detail, subject_id=Id(person.id))

    async def make_codes_anew(self, tx: Transaction, person_id: str) -> tuple[Secret, ...]:
        """Make recovery codes; the ones before them are worth nothing from now on."""
        person = there(await store.find(tx, person_id, for_update=True))
        if person.totp_since is None:
            raise Conflict("Recovery codes stand in for an authenticator, and this account has none.")
        codes = await self._new_codes(tx, person_id)
        await self._changed(tx, person, SecondFactorChange.RECOVERY_CODES_MADE, "was given new recovery codes")
        return codes

    async def _use(self, tx: Transaction, person_id: str, code: str) -> SigninMethod | None:
        """Use a code up and return what kind it was; the step or the code is gone even if nothing follows."""
        person = there(await store.find(tx, person_id, for_update=True))
        if person.totp_since is None:
            return None
        step = await self._step(tx, person, code)
        if step is not None:
            await store.change(tx, person_id, {"totp_step": step})
            return SigninMethod.TOTP
        try:
            typed = recovery_codes.read(code)
        except Refused:
            return None
        stored = await store.recovery_codes(tx, person_id)
        for each in self._people.ring.digests(_found_by(person_id, typed)):
            if each in stored and await store.use_recovery_code(tx, person_id, each):
                return SigninMethod.RECOVERY_CODE
        return None

    async def _step(self, tx: Transaction, person: StoredPerson, code: str) -> int | None:
        if person.totp is None:
            return None
        secret = Secret(self._people.key_of(person).unseal(_TABLE, _COLUMN, person.id, person.totp))
        now = await now_milliseconds(tx) / 1000
        return totp.accepted_step(secret, code, now_seconds=now, last_step=person.totp_step)

    async def _new_codes(self, tx: Transaction, person_id: str) -> tuple[Secret, ...]:
        codes = recovery_codes.new_codes()
        digests = [self._people.ring.digest(_found_by(person_id, code)) for code in codes]
        await store.replace_recovery_codes(tx, person_id, digests)
        return codes

    async def _forget(self, tx: Transaction, rights: RightsChanges, person: StoredPerson) -> None:
        await store.change(tx, person.id, {"totp": None, "totp_since": None, "totp_step": None})
        await store.replace_recovery_codes(tx, person.id, ())
        await rights.changed(tx)

    async def _changed(self, tx: Transaction, person: StoredPerson, change: SecondFactorChange, said: str) -> None:
        await self._notices.second_factor_changed(tx, person, said)
        who = Id(person.id)
        await self._trail.record(
            tx, PLATFORM, Event(Actor.person(who), SecondFactorChanged(SigninMethod.TOTP, change), who)
        )

    async def _tell_failure(self, tx: Transaction, person_id: str) -> None:
        detail = SigninFailed(SigninMethod.TOTP, SigninFailure.SECOND_FACTOR)
        await self._trail.record(tx, PLATFORM, Event(Actor.nobody(), detail, Id(person_id)))


def _found_by(person_id: str, code: Secret) -> str:
    return f"recovery {person_id} {code.reveal()}"
