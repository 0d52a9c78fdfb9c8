"""What is recorded of an export, where something happened meanwhile."""

from backend.accounts.audit import checkpoint, store
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.service import AuditTrail
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Transaction
from bridge.cli.audit.recording import record_export
from tests.audit.samples import OTHER_SCHOOL, SCHOOL, event, numbered

from .conftest import KEYS


async def test_a_tenant_that_was_deleted_meanwhile_gets_no_new_trail(sqlite_database: DatabaseConfig) -> None:
    made = [checkpoint.sign(KEYS.signing(), each, 1, bytes(32), at=1) for each in (SCHOOL, OTHER_SCHOOL)]

    async def unit(tx: Transaction) -> None:
        await AuditTrail(KEYS).record(tx, SCHOOL, event(1))

    async with open_database(sqlite_database) as database:
        await database.write(unit)
        await record_export(database, KEYS, numbered("exp"), made)

        assert [PLATFORM, SCHOOL] == await database.read(store.tenants)
