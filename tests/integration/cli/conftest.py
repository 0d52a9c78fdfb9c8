"""The command as a process, with an environment and a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOLBOXAI = str(Path(sys.executable).with_name("toolboxai"))
LIMIT_SECONDS = 30


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environ_at(tmp_path)


def environ_at(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    return {**kept, "HOME": str(home)}


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLBOXAI, *words], env=environ, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
