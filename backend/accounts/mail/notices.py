"""Letters to people, written with the change that they tell of and sent after its commit.

A letter may hold a link that opens an account, so what stands in the outbox is sealed under the key of its reader.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from backend.accounts.mail.letters import (
    GlassWasBroken,
    Invitation,
    KeyCreated,
    Letter,
    NewSignIn,
    PasswordChanged,
    PasswordReset,
    SecondFactorChanged,
)
from backend.accounts.mail.message import Message
from backend.accounts.mail.writing import Writer
from backend.accounts.people import store as people_store
from backend.accounts.people.service import People
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin import email_address
from backend.accounts.signin.email_address import EmailAddress
from backend.db.fresh import JsonObject
from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from backend.ids import new_id
from backend.sealing.vault import SubjectKey

KIND: Final = "mail.send"
_TABLE: Final = "outbox"
_COLUMN: Final = "letter"


@dataclass(frozen=True, slots=True)
class House:
    """The bridge as its people know it: its name, and where they find it."""

    name: str
    url: str


class Notices:
    def __init__(self, people: People, house: House, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._people = people
        self._house = house
        self._clock = clock
        self._writer = Writer()

    async def new_sign_in(self, tx: Transaction, person: StoredPerson, device: str, network: str) -> None:
        to, name = self._known(person)
        letter = NewSignIn(
            to=to, house=self._house.name, name=name, link=self._home, at=self._clock(), device=device, network=network
        )
        await self._to_person(tx, person, letter)

    async def key_created(self, tx: Transaction, person_id: str, key_name: str, key_id: str) -> None:
        """Tell who made a key that there is one; of the key itself no more than its name and its id."""
        person = await people_store.find(tx, person_id)
        if person is None or person.state != "active":
            return
        to, name = self._known(person)
        letter = KeyCreated(
            to=to,
            house=self._house.name,
            name=name,
            link=self._home,
            at=self._clock(),
            key_name=key_name,
            key_id=key_id,
        )
        await self._to_person(tx, person, letter)

    async def password_changed(self, tx: Transaction, person: StoredPerson) -> None:
        to, name = self._known(person)
        letter = PasswordChanged(to=to, house=self._house.name, name=name, link=self._home, at=self._clock())
        await self._to_person(tx, person, letter)

    async def second_factor_changed(self, tx: Transaction, person: StoredPerson, change: str) -> None:
        to, name = self._known(person)
        letter = SecondFactorChanged(
            to=to, house=self._house.name, name=name, link=self._home, at=self._clock(), change=change
        )
        await self._to_person(tx, person, letter)

    async def glass_broken(  # noqa: PLR0917 - what a letter says
        self, tx: Transaction, person: StoredPerson, operator: str, reason: str, role: str, ends: datetime
    ) -> None:
        to, name = self._known(person)
        letter = GlassWasBroken(
            to=to,
            house=self._house.name,
            name=name,
            link=self._home,
            operator=operator,
            role=role.replace("_", " "),
            reason=reason.replace("_", " "),
            ends=ends,
        )
        await self._to_person(tx, person, letter)

    async def password_reset(self, tx: Transaction, person: StoredPerson, link: str, ends: datetime) -> None:
        to, name = self._known(person)
        letter = PasswordReset(to=to, house=self._house.name, name=name, link=self._link(link), ends=ends)
        await self._to_person(tx, person, letter)

    async def invitation(  # noqa: PLR0917 - what a letter says
        self,
        tx: Transaction,
        tenant_id: str,
        invitation_id: str,
        key: SubjectKey,
        to: EmailAddress,
        inviter: str,
        link: str,
        ends: datetime,
    ) -> None:
        letter = Invitation(
            to=to, house=self._house.name, link=self._link(link), name=to.written, inviter=inviter, ends=ends
        )
        body: JsonObject = {"tenant_id": tenant_id, "invitation": invitation_id}
        await self._enqueue(tx, letter, key, body, tenant_id)

    async def _to_person(self, tx: Transaction, person: StoredPerson, letter: Letter) -> None:
        await self._enqueue(tx, letter, self._people.key_of(person), {"person": person.id}, None)

    async def _enqueue(
        self, tx: Transaction, letter: Letter, key: SubjectKey, body: JsonObject, tenant_id: str | None
    ) -> None:
        letter_id = new_id()
        sealed = seal_letter(key, letter_id, self._writer.write(letter))
        await enqueue(tx, KIND, {**body, "letter": letter_id, "sealed": sealed.hex()}, tenant_id=tenant_id)

    def _known(self, person: StoredPerson) -> tuple[EmailAddress, str]:
        opened = self._people.opened(person)
        return email_address.parse(opened.email), opened.name

    @property
    def _home(self) -> str:
        return self._link("/")

    def _link(self, path: str) -> str:
        return f"{self._house.url}{path}"


def seal_letter(key: SubjectKey, letter_id: str, message: Message) -> bytes:
    told = {"to": message.to.written, "subject": message.subject, "text": message.text, "html": message.html}
    return key.seal(_TABLE, _COLUMN, letter_id, json.dumps(told))


def unseal_letter(key: SubjectKey, letter_id: str, sealed: bytes) -> Message:
    told = json.loads(key.unseal(_TABLE, _COLUMN, letter_id, sealed))
    return Message(email_address.parse(told["to"]), told["subject"], told["text"], told["html"])
