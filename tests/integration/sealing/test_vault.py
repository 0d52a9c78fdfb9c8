"""Keys under keys, in a real database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database, T, Transaction, Unit
from backend.errors import FilesError
from backend.sealing import key_file, store
from backend.sealing.key_file import KeyFileMissing
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import first
from backend.sealing.opening import open_vault
from backend.sealing.rotation import wrap_all_anew
from backend.sealing.vault import Vault
from tests.ledger.people import FOREIGN, SCHOOL
from tests.ledger.seed import seed_tenants


@pytest.fixture
async def database(database_config: DatabaseConfig) -> AsyncIterator[Database]:
    async with open_database(database_config) as opened:
        await seed_tenants(opened)
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


async def sealed_for_school(vault: Vault, database: Database) -> tuple[bytes, bytes]:
    async def unit(tx: Transaction) -> tuple[bytes, bytes]:
        key, wrapped = (await vault.of_tenant(tx, SCHOOL)).new_subject("s1")
        return wrapped, key.seal("t", "c", "r", "Ada")

    return await database.write(unit, tenant=SCHOOL)


async def opened(vault: Vault, database: Database, wrapped: bytes, sealed: bytes, tenant: str = SCHOOL) -> str:
    async def unit(tx: Transaction) -> str:
        return (await vault.of_tenant(tx, tenant)).subject("s1", wrapped).unseal("t", "c", "r", sealed)

    return await database.write(unit, tenant=tenant)


async def test_the_first_start_makes_the_file(database: Database, path: Path) -> None:
    await open_vault(path, database)

    assert 1 == key_file.read(path).newest.version


async def test_processes_that_start_at_once_share_one(database: Database, path: Path) -> None:
    vaults = await asyncio.gather(*(open_vault(path, database) for _ in range(4)))

    assert 1 == len({vault.platform.secret for vault in vaults})


async def test_who_looks_for_the_file_before_another_makes_it_reads_it_afterwards(
    database: Database, path: Path
) -> None:
    class Overtaken:
        """The database as somebody finds it who looked for the file, and was then overtaken by another start."""

        async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
            if not await asyncio.to_thread(path.exists):
                await open_vault(path, database)
            return await database.read(unit, tenant=tenant)

        async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
            return await database.write(unit, tenant=tenant)

    late = await open_vault(path, cast("Database", Overtaken()))

    assert (await open_vault(path, database)).platform.secret == late.platform.secret


async def test_a_missing_file_is_not_made_anew_where_something_is_sealed(database: Database, path: Path) -> None:
    await open_vault(path, database)
    await asyncio.to_thread(path.unlink)

    with pytest.raises(KeyFileMissing):
        await open_vault(path, database)
    assert not await asyncio.to_thread(path.exists)


async def test_the_file_of_another_database_is_refused(database: Database, path: Path, tmp_path: Path) -> None:
    await open_vault(path, database)
    other = tmp_path / "other.json"
    key_file.write(other, first(0))

    with pytest.raises(FilesError, match="not the one that this database was sealed with"):
        await open_vault(other, database)


async def test_another_process_reads_what_was_sealed(database: Database, path: Path) -> None:
    wrapped, sealed = await sealed_for_school(await open_vault(path, database), database)

    assert "Ada" == await opened(await open_vault(path, database), database, wrapped, sealed)


async def test_what_one_tenant_sealed_does_not_open_for_another(database: Database, path: Path) -> None:
    vault = await open_vault(path, database)
    wrapped, sealed = await sealed_for_school(vault, database)

    with pytest.raises(ValueError, match="was not sealed there"):
        await opened(vault, database, wrapped, sealed, tenant=FOREIGN)


async def test_a_tenant_whose_key_is_destroyed_is_unreadable(database: Database, path: Path) -> None:
    vault = await open_vault(path, database)
    wrapped, sealed = await sealed_for_school(vault, database)
    await database.write(lambda tx: vault.destroy(tx, SCHOOL))

    for each in (vault, await open_vault(path, database)):
        with pytest.raises(ValueError, match="was not sealed there"):
            await opened(each, database, wrapped, sealed)


async def test_a_unit_that_is_rolled_back_leaves_no_key_behind(database: Database, path: Path) -> None:
    vault = await open_vault(path, database)

    async def unit(tx: Transaction) -> None:
        await vault.of_tenant(tx, SCHOOL)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(unit, tenant=SCHOOL)
    wrapped, sealed = await sealed_for_school(vault, database)
    assert "Ada" == await opened(await open_vault(path, database), database, wrapped, sealed)


async def test_a_rotation_wraps_every_key_anew_and_loses_nothing(database: Database, path: Path) -> None:
    before = await open_vault(path, database)
    wrapped, sealed = await sealed_for_school(before, database)
    key_file.write(path, key_file.read(path).with_another(made_at=1, in_use=True))
    vault = Vault(KeyRing(path))
    await vault.open(database)

    assert 2 == await wrap_all_anew(vault, database)

    assert {2: 2} == await database.read(store.counts)
    assert "Ada" == await opened(before, database, wrapped, sealed)
    key_file.write(path, key_file.read(path).without(1))
    assert "Ada" == await opened(await open_vault(path, database), database, wrapped, sealed)


async def test_a_rotation_that_was_stopped_goes_on(database: Database, path: Path) -> None:
    await sealed_for_school(await open_vault(path, database), database)
    key_file.write(path, key_file.read(path).with_another(made_at=1, in_use=True))
    vault = await open_vault(path, database)

    def stop(_done: int) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await wrap_all_anew(vault, database, stop)
    await wrap_all_anew(vault, database)
    assert [2] == list(await database.read(store.counts))
