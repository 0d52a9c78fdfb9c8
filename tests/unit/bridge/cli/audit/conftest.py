"""A database with trails of two schools and of the platform, and keys for the commands."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.service import AuditTrail
from backend.db.database import open_database
from backend.db.unit import Transaction
from bridge.settings import Settings
from bridge.settings.database import database_config
from tests.audit.keys import FixedKeys
from tests.audit.samples import OTHER_SCHOOL, SCHOOL, event
from tests.unit.bridge.cli.conftest import Ended, Run, home, run

__all__ = ["home", "run"]

KEYS = FixedKeys()
PUBLIC = KEYS.signing().public.hex()
LENGTHS = {PLATFORM: 1, SCHOOL: 5, OTHER_SCHOOL: 3}

Audit = Callable[..., Ended]


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys of the tests where the program's own will be."""
    monkeypatch.setattr("bridge.audit_keys.audit_keys", lambda _settings: KEYS)


@pytest.fixture
def audit(run: Run, home: Path, wired: None) -> Audit:  # noqa: ARG001
    def run_it(*words: str) -> Ended:
        return run("audit", words[0], "--data-dir", str(home / "data"), *words[1:])

    return run_it


@pytest.fixture
def filled(run: Run, home: Path) -> None:
    assert 0 == run("migrate", "--data-dir", str(home / "data")).code

    async def unit(tx: Transaction) -> None:
        for tenant_id, length in LENGTHS.items():
            for number in range(length):
                await AuditTrail(KEYS).record(tx, tenant_id, event(number))

    in_database(home, unit)


def in_database(home: Path, unit: Callable[[Transaction], Coroutine[Any, Any, None]]) -> None:
    async def work() -> None:
        async with open_database(database_config(Settings(data_dir=home / "data"))) as database:
            await database.write(unit)

    asyncio.run(work())
