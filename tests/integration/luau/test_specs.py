"""What the Luau of both sides is held to: the sentences under plugin_lua/tests, run interpreted and as machine code."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from tests.integration.luau.conftest import ROOT

SPECS = ROOT / "plugin_lua" / "tests"
VECTORS = ROOT / "tests" / "contract"
ALONE = sorted(SPECS.glob("*.spec.luau"))
AT_A_BRIDGE = sorted((SPECS / "bridge").glob("*.spec.luau"))
# When the stand-in's day begins.
UNIX_TIME = "1700000000"
CLOSING = re.compile(r"^([0-9]+) passed, 0 failed$", re.MULTILINE)

# The first of them builds the virtual machine.
pytestmark = pytest.mark.timeout(1800)
both_ways = pytest.mark.parametrize("native", [(), ("--native",)], ids=["plain", "native"])


async def run(sim: Path, *words: str) -> str:
    """Run a script to its end and return what it said, or fail with it."""
    program = await asyncio.create_subprocess_exec(
        sim, *words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        said, _ = await asyncio.wait_for(program.communicate(), 100)
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    text = said.decode()
    assert program.returncode == 0, text
    assert CLOSING.search(text), text
    return text


def test_there_are_specs() -> None:
    assert ALONE
    assert AT_A_BRIDGE


@both_ways
@pytest.mark.parametrize("spec", ALONE, ids=lambda path: path.name.split(".")[0])
async def test_it_holds(spec: Path, sim: Path, native: tuple[str, ...]) -> None:
    await run(sim, *native, "--unix-time", UNIX_TIME, str(spec), str(VECTORS))


@both_ways
@pytest.mark.parametrize("spec", AT_A_BRIDGE, ids=lambda path: path.name.split(".")[0])
async def test_it_holds_at_a_bridge(spec: Path, sim: Path, native: tuple[str, ...], stand_in: str) -> None:
    await run(sim, *native, "--unix-time", UNIX_TIME, str(spec), stand_in)
