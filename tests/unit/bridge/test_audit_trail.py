"""Which trail workers and commands tell of what they change."""

from pathlib import Path

import pytest
from aiohttp import web

from backend.accounts.audit import store
from backend.accounts.audit.service import AuditTrail
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Transaction
from backend.errors import Conflict, SettingsError
from bridge import lifecycle
from bridge.app import create_app
from bridge.audit_trail import audit_trail
from bridge.keys import AUDIT
from bridge.settings import Settings
from tests.audit.keys import FixedKeys
from tests.audit.samples import SCHOOL, TELLER, event


async def test_the_trail_has_the_keys_that_the_application_was_given(tmp_path: Path) -> None:
    keys = FixedKeys()
    app = create_app(Settings(data_dir=tmp_path), audit_keys=keys)

    assert AuditTrail(keys) == await started(app)


async def test_the_trail_has_the_keys_of_the_bridge_once_they_are_wired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = FixedKeys()
    monkeypatch.setattr("bridge.audit_keys.audit_keys", lambda _settings: keys)

    assert AuditTrail(keys) == await started(create_app(Settings(data_dir=tmp_path)))


async def test_a_bridge_whose_keys_cannot_be_read_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_settings: Settings) -> FixedKeys:
        raise SettingsError("the key file cannot be read")

    monkeypatch.setattr("bridge.audit_keys.audit_keys", unreadable)

    with pytest.raises(SettingsError, match="cannot be read"):
        await started(create_app(Settings(data_dir=tmp_path)))


async def started(app: web.Application) -> AuditTrail:
    """Return the trail of an application once it has begun."""
    await anext(lifecycle.audit(app))
    return app[AUDIT]


async def test_until_the_keys_are_wired_changes_pass_unrecorded_and_nothing_is_signed(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    trail = audit_trail(Settings(data_dir=tmp_path))

    async def unit(tx: Transaction) -> None:
        await trail.record(tx, SCHOOL, event(1))
        await trail.erase(tx, SCHOOL, TELLER.actor)

    async with open_database(sqlite_database) as database:
        await database.write(unit)
        assert [] == await database.read(store.tenants)
    with pytest.raises(Conflict, match="no keys"):
        trail.keys.signing()
