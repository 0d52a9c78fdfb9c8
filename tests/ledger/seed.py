"""The tenants that the people of the tests belong to, in the tables of accounts."""

from typing import Any

from sqlalchemy import insert

from backend.accounts.tenants.models import TenantRow
from backend.db.now import DatabaseNow
from backend.db.unit import Database, Transaction
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL


def row(tenant_id: str, kind: str = "school", parent_id: str | None = None, **values: Any) -> dict[str, Any]:
    usual = {"name": f"The {kind}", "state": "active", "locale": "en", "time_zone": "UTC", "limits": "{}"}
    return {"id": tenant_id, "kind": kind, "parent_id": parent_id, **usual, "version": 1, **values}


async def seed_tenants(database: Database) -> None:
    async def unit(tx: Transaction) -> None:
        for each in (row(DISTRICT, "district"), row(SCHOOL, parent_id=DISTRICT), row(FOREIGN)):
            await tx.execute(insert(TenantRow).values(**each, created_at=DatabaseNow()))

    await database.write(unit)
