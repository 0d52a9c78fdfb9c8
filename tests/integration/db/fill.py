"""Fill every table of the program, so that a migration has something to lose."""

from dataclasses import replace

from sqlalchemy import MetaData, func, insert, select

from backend.accounts.audit.service import AuditTrail
from backend.accounts.keys.apikeys.store import API_KEYS
from backend.accounts.keys.gamekeys.store import GAME_KEYS
from backend.accounts.keys.lookups import store as lookups
from backend.accounts.keys.text_form import Kind
from backend.accounts.keys.tokens import store as tokens
from backend.accounts.people import store as people
from backend.accounts.people.grants import store as grants
from backend.accounts.people.invitations import store as invitations
from backend.accounts.signin.delays import Counter
from backend.accounts.signin.links import store as links
from backend.accounts.signin.links.store import Link
from backend.accounts.signin.sessions import store as signins
from backend.accounts.signin.tries import store as tries
from backend.accounts.tenants import store as tenants
from backend.accounts.tenants.exports import store as exports
from backend.db import claims, leases
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.outbox import enqueue
from backend.db.rights_changes import RightsChangesRow
from backend.db.unit import Transaction
from backend.sealing import store as sealing
from backend.sealing.store import WrappedKey
from bridge.gate.devices import store as devices
from bridge.gate.pairing import store as pairing
from bridge.gate.pairing.store import Asking
from bridge.gate.principal import Scope
from bridge.gate.sessions.models import BridgeIdentityRow, BridgeSessionRow
from tests.audit.keys import FixedKeys
from tests.audit.samples import TELLER, event, numbered

ROWS = 20
# How many rows the tables have that cannot have so many.
FEWER = {"bridge_identity": 1}


async def fill(config: DatabaseConfig) -> None:
    async def unit(transaction: Transaction) -> None:
        for number in range(ROWS):
            scope = claims.Scope(None, "person", f"p{number}", "POST", "/x", "k")
            claimed = await claims.insert(transaction, scope, fingerprint=b"f")
            assert isinstance(claimed, claims.Claimed)
            await claims.finish(transaction, claimed, claims.StoredAnswer(201, (("a", "b"),), b"{}"))
            await leases.hold(transaction, f"lease {number}", "me", seconds=60)
            await transaction.execute(insert(RightsChangesRow).values(id=number, changes=number))
            await AuditTrail(FixedKeys()).record(transaction, numbered("tenant", number), event(number))
            await enqueue(transaction, "kind", {"n": number}, order_key=f"k{number % 3}", tenant_id="t")

    # Two large units, which a busy machine does not do in the second that a request has.
    async with open_database(replace(config, unit_seconds=60)) as database:
        await database.write(unit)
        await database.write(_fill_accounts)


async def _fill_accounts(transaction: Transaction) -> None:
    for number in range(ROWS):
        tenant_id, key_id = f"{number:026}", f"{number + 100:026}"
        await tenants.add(transaction, tenant_id, "school", None, f"School {number}", "en", "UTC")
        await tenants.count(transaction, tenant_id, "api_keys", 1)
        await exports.add(transaction, tenant_id, key_id, by=("person", key_id))
        await API_KEYS.add(
            transaction, tenant_id, key_id, name="k", by=TELLER.actor, days=1, lists={"scopes": ["lesson.read"]}
        )
        where: dict[str, list[object]] = {"universes": [1], "places": [], "networks": []}
        await GAME_KEYS.add(transaction, tenant_id, key_id, name="g", by=TELLER.actor, days=1, lists=where)
        await lookups.add(transaction, Kind.API, tenant_id, key_id, number.to_bytes(32))
        await tokens.add(transaction, tenant_id, key_id, key_id, at=1, ends_at=2)
        await tokens.add_token(transaction, Kind.ACCESS, tenant_id, key_id, number.to_bytes(32), 2)
        await _fill_people(transaction, tenant_id, number)
        await _fill_gate(transaction, tenant_id, number)
    await transaction.execute(insert(BridgeIdentityRow).values(one=1, id="0" * 32))


async def _fill_people(transaction: Transaction, tenant_id: str, number: int) -> None:
    digest, other_id = number.to_bytes(32), f"{number + 200:026}"
    sealed = {"wrapped_key": b"w", "email": b"e", "name": b"n", "email_digest": digest, "digest_version": 1}
    values = {"id": other_id, "locale": "en", "password_hash": "h", **sealed}
    person = await people.add(transaction, values)
    await people.add_tenant(transaction, person.id, tenant_id)
    await people.give_platform_role(transaction, person.id, "platform_operator")
    await people.replace_recovery_codes(transaction, person.id, [digest])
    await grants.add_member(transaction, tenant_id, person.id)
    by = ("operator", "")
    await grants.add(transaction, tenant_id, other_id, person.id, "teacher", class_id=None, until=None, by=by)
    asked: dict[str, object] = {"email": b"e", "role": "teacher", "class_id": None, "until": None}
    await invitations.add(transaction, tenant_id, other_id, asked, by=by, ends_at=1)
    await signins.add(transaction, other_id, person.id, digest, device="d", milliseconds=1000, whole=False)
    await links.add(transaction, digest, Link("invite", tenant_id, other_id, 0), milliseconds=1000)
    await tries.keep(transaction, {digest: Counter(1.0, 1.0)})
    await sealing.add(transaction, WrappedKey(tenant_id, b"w", 1))
    await sealing.add_subject(transaction, tenant_id, other_id, b"w")


async def _fill_gate(transaction: Transaction, tenant_id: str, number: int) -> None:
    digest, device_id = number.to_bytes(32), f"{number + 300:026}"
    asking = Asking("studio", "A laptop", "0.1.0", 1, 2, "127.0.0.0/24")
    digests = (digest, digest)
    assert await pairing.add(transaction, device_id, asking, digests, life_milliseconds=1000, interval_seconds=5)
    await devices.add(
        transaction,
        tenant_id,
        device_id,
        kind="studio",
        name="A laptop",
        scopes=(Scope.SYNC,),
        master_version=1,
        by=TELLER.actor,
    )
    session = {"sid": device_id, "epoch": "0" * 16, "tenant_id": tenant_id, "kind": "device", "holder_id": device_id}
    times = {"master_version": 1, "opened_at": 1, "ends_at": 2}
    await transaction.execute(insert(BridgeSessionRow).values(**session, scopes="[]", **times))


async def counts(config: DatabaseConfig, tables: MetaData) -> dict[str, int]:
    async def unit(transaction: Transaction) -> dict[str, int]:
        return {
            table.name: int((await transaction.execute(select(func.count()).select_from(table))).scalar_one())
            for table in tables.sorted_tables
        }

    async with open_database(config) as database:
        return await database.read(unit)
