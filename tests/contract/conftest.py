"""A bridge that is asked whatever its document allows."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.accounts.signin.hashing import Cost, Hasher
from backend.db.config import DatabaseConfig
from backend.web.keys import DATABASE
from bridge.app import create_app
from bridge.gate.limits import RULES
from bridge.settings import Settings
from tests.audit.keys import FixedKeys
from tests.contract.account_requests import with_accounts
from tests.contract.made_up import EVERYTHING, Asked
from tests.integration.web.conftest import serving
from tests.ledger.people import Directory
from tests.ledger.seed import seed_tenants


@pytest.fixture
async def asked(tmp_path: Path, sparing_database_config: DatabaseConfig) -> AsyncIterator[Asked]:
    """A bridge that knows somebody who may do everything in one school."""
    directory = Directory()
    app = create_app(
        Settings(data_dir=tmp_path, database_url=sparing_database_config.url),
        authenticator=directory.authenticator(lambda: app),
        audit_keys=FixedKeys(),
        hasher=Hasher(Cost(memory_kib=1024, passes=1)),
        # A machine asks more than any client may.
        rate_rules=[replace(rule, count=2_000, seconds=1, burst=1_000_000) for rule in RULES],
    )
    async with serving(app) as started:
        await seed_tenants(app[DATABASE])
        (by,) = (await with_accounts(app, [EVERYTHING])).values()
        directory.add(by)
        yield Asked(started, by)
