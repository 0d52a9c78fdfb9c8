"""Beside tests/integration/web/test_answers.py, which asks over the wire: what is hard to bring about there."""

import asyncio
import shutil
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from backend.db.unit import Database
from bridge.breakers.breakers import Breakers
from bridge.health import readiness
from bridge.health.readiness import LEAST_FREE_BYTES, Readiness
from bridge.settings import Settings


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Hanging:
    async def ping(self) -> None:
        await asyncio.sleep(3600)


def made(folder: Path) -> Readiness:
    return Readiness(Settings(data_dir=folder), lambda: cast("Database", Hanging()), Breakers())


async def test_a_database_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.05)
    found = await made(tmp_path).check()

    assert not found["database"].passed
    assert "no answer within" in found["database"].seen
    assert found["database"].cure


async def test_a_database_without_tables_is_told_by_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.5)
    found = await made(tmp_path).check()

    assert not found["migrations"].passed
    assert "toolboxai migrate" in found["migrations"].cure


@pytest.mark.parametrize(("verdict", "free"), [("ok", LEAST_FREE_BYTES), ("fail", LEAST_FREE_BYTES - 1)])
async def test_a_disk_that_is_almost_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verdict: str, free: int
) -> None:
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, free))

    assert verdict == (await made(tmp_path).check())["disk"].verdict


async def test_a_data_folder_that_is_gone_is_a_result_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.05)
    ready = made(tmp_path / "gone")

    assert not (await ready.check())["disk"].passed
    assert not await ready.is_ready()
