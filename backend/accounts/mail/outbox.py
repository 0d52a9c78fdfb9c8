"""The outbox kind `mail.send`: unseals a letter and hands it over."""

from collections.abc import Callable
from typing import Final

from backend.accounts.mail.notices import unseal_letter
from backend.accounts.mail.sending import MailSender
from backend.accounts.people import store as people_store
from backend.accounts.people.service import People
from backend.db.fresh import OutboxRow
from backend.db.handlers import Handler
from backend.db.unit import Database, Transaction
from backend.sealing import store as sealing
from backend.sealing.vault import SubjectKey, Vault

LIMIT_SECONDS: Final = 90.0


def handler(database: Callable[[], Database], vault: Callable[[], Vault], sender: Callable[[], MailSender]) -> Handler:
    async def send(row: OutboxRow) -> None:
        key = await _key(database(), vault(), row)
        if key is None:
            # Its reader was erased, or the invitation is gone: nobody can read the letter any more, nor has to.
            return
        letter_id, sealed = row.body["letter"], row.body["sealed"]
        if not isinstance(letter_id, str) or not isinstance(sealed, str):
            raise TypeError("the row holds no letter")
        await sender().send(unseal_letter(key, letter_id, bytes.fromhex(sealed)))

    return send


async def _key(database: Database, vault: Vault, row: OutboxRow) -> SubjectKey | None:
    person_id, tenant_id, invitation_id = (row.body.get(name) for name in ("person", "tenant_id", "invitation"))
    if isinstance(person_id, str):
        person = await database.read(lambda tx: people_store.find(tx, person_id))
        return None if person is None or person.wrapped_key is None else People(vault).key_of(person)
    if not isinstance(tenant_id, str) or not isinstance(invitation_id, str):
        raise TypeError("the row names no reader")

    async def of_invitation(tx: Transaction) -> SubjectKey | None:
        wrapped = await sealing.subject(tx, tenant_id, invitation_id)
        return None if wrapped is None else (await vault.of_tenant(tx, tenant_id)).subject(invitation_id, wrapped)

    return await database.read(of_invitation, tenant=tenant_id)
