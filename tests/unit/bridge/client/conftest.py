"""A stand-in bridge, a device that it has paired, and waits that do not hold a test up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.client import Client, DeviceFile, open_device
from tests.fakes.stand_in_bridge import StandInBridge


@pytest.fixture
async def bridge() -> AsyncIterator[StandInBridge]:
    async with StandInBridge() as stand_in:
        yield stand_in


@pytest.fixture
def device_path(bridge: StandInBridge, tmp_path: Path) -> Path:
    """The file of a device that the bridge knows."""
    return bridge.keep_device(tmp_path / "device.json")


@pytest.fixture
async def client(device_path: Path) -> AsyncIterator[Client]:
    async with open_device(device_path) as opened:
        yield opened


@pytest.fixture
def device_id(device_path: Path) -> str:
    return DeviceFile(device_path).read().device_id


@pytest.fixture(autouse=True)
def _quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.waits.FIRST_LIMIT_SECONDS", 0.02)
    monkeypatch.setattr("bridge.client.waits.LAST_LIMIT_SECONDS", 0.05)
