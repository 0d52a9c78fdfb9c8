"""A disk that is full or broken under SQLite: nobody is told that a lost write succeeded, and work goes on after it."""

import errno
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.chaos.writing import assert_nothing_kept_is_lost, writing


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        pytest.param(f"w{errno.ENOSPC}", "the disk is full", id="full disk"),
        pytest.param(f"w{errno.EIO}", "reading or writing its file failed", id="a write that fails"),
        pytest.param(f"s{errno.EIO}", "reading or writing its file failed", id="a sync that fails at COMMIT"),
    ],
)
async def test_a_disk_that_fails_and_comes_back(
    sqlite_ledger: DatabaseConfig, fault_shim: Path, tmp_path: Path, order: str, reason: str
) -> None:
    flag = tmp_path / "flag"
    environment = {
        "LD_PRELOAD": str(fault_shim),
        "TOOLBOXAI_FAULT_FILES": str(sqlite_ledger.sqlite_path),
        "TOOLBOXAI_FAULT_FLAG": str(flag),
    }
    with writing(sqlite_ledger, environment=environment) as followed:
        for _ in range(3):
            followed.more_kept()
            flag.write_text(order)
            followed.more_refused()
            flag.unlink()
        followed.more_kept()

    assert any(reason in sentence for sentence in followed.reasons), followed.reasons
    await assert_nothing_kept_is_lost(sqlite_ledger, followed)


async def test_a_process_that_is_killed_while_its_disk_fails(
    sqlite_ledger: DatabaseConfig, fault_shim: Path, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    environment = {
        "LD_PRELOAD": str(fault_shim),
        "TOOLBOXAI_FAULT_FILES": str(sqlite_ledger.sqlite_path),
        "TOOLBOXAI_FAULT_FLAG": str(flag),
    }
    with writing(sqlite_ledger, environment=environment) as followed:
        followed.more_kept()
        flag.write_text(f"s{errno.EIO}")
        followed.more_refused()
        followed.kill()

    await assert_nothing_kept_is_lost(sqlite_ledger, followed)


async def test_a_process_that_is_killed_while_it_writes(ledger_config: DatabaseConfig) -> None:
    with writing(ledger_config) as followed:
        followed.more_kept(200)
        followed.kill()

    assert followed.refused == []
    await assert_nothing_kept_is_lost(ledger_config, followed)
