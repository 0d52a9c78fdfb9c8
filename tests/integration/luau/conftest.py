"""The simulator, built once, and the stand-in bridge that its scripts speak to."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.fakes.protocol_bridge import create_app

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def sim() -> Path:
    """The program that runs Luau; the virtual machine in it takes minutes to build the first time, and none later."""
    subprocess.run(("cargo", "build", "--quiet", "--locked", "--package", "sim"), cwd=ROOT, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "sim"


@pytest.fixture
async def stand_in() -> AsyncIterator[str]:
    """The address of a stand-in bridge."""
    runner = web.AppRunner(create_app(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
