"""What stands in the audit trails after something was done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.accounts.audit import store
from backend.accounts.audit.chained import Record
from backend.accounts.audit.reading import read_whole
from backend.accounts.audit.verdict import Fault
from backend.accounts.audit.verify import Chain
from backend.db.unit import Database, Transaction
from tests.audit.keys import FixedKeys


@dataclass(frozen=True, slots=True)
class Told:
    """An event, without what the trail itself makes of it."""

    kind: str
    actor: tuple[str, str]
    detail: Mapping[str, Any]


Trails = dict[str, Sequence[Told]]


async def trails(database: Database) -> Trails:
    """Return every trail by whose it is, each checked on the way: a bad record fails the test that asks."""
    found: Trails = {}
    for tenant_id in await database.read(store.tenants):
        kept: list[Told] = []
        assert await _read(database, tenant_id, kept) is None
        found[tenant_id] = kept
    return found


async def lines(database: Database) -> str:
    """Return all that the database keeps of all trails, as a text to look for something in."""

    async def unit(tx: Transaction) -> list[Record]:
        tenants = await store.tenants(tx)
        return [record for each in tenants for record in await store.events(tx, each, limit=1000)]

    return repr(await database.read(unit))


def added(before: Trails, after: Trails) -> Trails:
    """Return what was recorded between the two, by trail."""
    new = {tenant_id: told[len(before.get(tenant_id, ())) :] for tenant_id, told in after.items()}
    return {tenant_id: told for tenant_id, told in new.items() if told}


async def _read(database: Database, tenant_id: str, kept: list[Told]) -> Fault | None:
    def keep(record: Record) -> None:
        kept.append(Told(record.kind, (record.actor_kind, record.actor_id), json.loads(record.detail)))

    return await read_whole(database, tenant_id, Chain(tenant_id, FixedKeys()), keep)
