"""Which trail workers tell of what they change."""

from pathlib import Path

from backend.accounts.audit.service import AuditTrail
from backend.db.config import DatabaseConfig
from backend.sealing.key_ring import KeyRing
from bridge.app import create_app
from bridge.audit_keys import audit_keys
from bridge.keys import AUDIT
from bridge.settings import Settings
from tests.audit.keys import FixedKeys
from tests.integration.web.conftest import serving


async def test_the_trail_has_the_keys_that_the_application_was_given(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    keys = FixedKeys()
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)

    async with serving(create_app(settings, audit_keys=keys)) as bridge:
        assert AuditTrail(keys) == bridge.app[AUDIT]


async def test_without_them_it_has_those_of_the_key_file(tmp_path: Path, sqlite_database: DatabaseConfig) -> None:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)

    async with serving(create_app(settings)) as bridge:
        in_use = bridge.app[AUDIT].keys.current()

    assert isinstance(audit_keys(settings), KeyRing)
    assert audit_keys(settings).current().secret == in_use.secret
