"""Which trail workers and commands tell of what they change."""

import asyncio
from pathlib import Path

import pytest

from backend.accounts.audit import store
from backend.accounts.audit.service import AuditTrail
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Transaction
from backend.errors import Conflict, SettingsError
from bridge.app import create_app
from bridge.audit_trail import audit_trail
from bridge.keys import AUDIT
from bridge.settings import Settings
from tests.audit.keys import FixedKeys
from tests.audit.samples import SCHOOL, TELLER, event


def test_the_trail_has_the_keys_that_the_application_was_given(tmp_path: Path) -> None:
    keys = FixedKeys()

    assert AuditTrail(keys) == create_app(Settings(data_dir=tmp_path), audit_keys=keys)[AUDIT]


def test_the_trail_has_the_keys_of_the_settings_once_they_are_wired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = FixedKeys()
    monkeypatch.setattr("bridge.audit_keys.audit_keys", lambda _settings: keys)

    assert AuditTrail(keys) == create_app(Settings(data_dir=tmp_path))[AUDIT]


def test_a_bridge_whose_keys_cannot_be_read_does_not_go_on_without_a_trail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_settings: Settings) -> FixedKeys:
        raise SettingsError("the key file cannot be read")

    monkeypatch.setattr("bridge.audit_keys.audit_keys", unreadable)

    with pytest.raises(SettingsError, match="cannot be read"):
        create_app(Settings(data_dir=tmp_path))


def test_until_the_keys_are_wired_changes_pass_unrecorded_and_nothing_is_signed(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    trail = audit_trail(Settings(data_dir=tmp_path))

    async def unit(tx: Transaction) -> None:
        await trail.record(tx, SCHOOL, event(1))
        await trail.erase(tx, SCHOOL, TELLER.actor)

    async def work() -> list[str]:
        async with open_database(sqlite_database) as database:
            await database.write(unit)
            return list(await database.read(store.tenants))

    assert [] == asyncio.run(work())
    with pytest.raises(Conflict, match="no keys"):
        trail.keys.signing()
