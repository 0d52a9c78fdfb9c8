"""A migrated database with what writes its audit trail, once on each kind."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.accounts.audit.service import AuditTrail
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database, Transaction
from tests.audit.keys import FixedKeys
from tests.audit.samples import SCHOOL, event

TRAIL = AuditTrail(FixedKeys())


@pytest_asyncio.fixture
async def database(database_config: DatabaseConfig) -> AsyncIterator[Database]:
    async with open_database(database_config) as opened:
        yield opened


@pytest_asyncio.fixture
async def owned(owner_config: DatabaseConfig) -> AsyncIterator[Database]:
    """The same as whoever owns it has it, who may do anything that the database itself lets pass."""
    async with open_database(owner_config) as opened:
        yield opened


async def record(database: Database, number: int, tenant_id: str = SCHOOL) -> int:
    async def unit(tx: Transaction) -> int:
        return await TRAIL.record(tx, tenant_id, event(number))

    return await database.write(unit)
