"""How long `toolboxai serve` takes from its start to its first answer."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from tests.benchmarks.figure import Figure

LIMIT_SECONDS: Final = 60
_LOOK_AGAIN_SECONDS: Final = 0.002


def measure(pairs: int) -> list[Figure]:
    """Start it `pairs` times on one folder that is migrated, in turn with as many folders that are not there yet."""
    migrated: list[float] = []
    first: list[float] = []
    with tempfile.TemporaryDirectory(prefix="tbx-bench-") as name:
        folder = Path(name)
        _seconds_to_answer(folder / "kept")
        for number in range(pairs):
            migrated.append(_seconds_to_answer(folder / "kept"))
            first.append(_seconds_to_answer(folder / f"new-{number}"))
    how = "from starting the process to the first whole answer of /health/live, one worker, SQLite"
    return [
        Figure("start of `toolboxai serve`, migrated", _shown(migrated), "<= 2 s", how),
        Figure("start of `toolboxai serve`, first start with migration", _shown(first), "none", how),
    ]


def _seconds_to_answer(data_dir: Path) -> float:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOOLBOXAI_")}
    settings = {"TOOLBOXAI_DATA_DIR": str(data_dir), "TOOLBOXAI_PORT": str(port), "TOOLBOXAI_OPS_PORT": "0"}
    program = Path(sys.executable).with_name("toolboxai")
    began = time.perf_counter()
    process = subprocess.Popen(
        [program, "serve"],
        env={**kept, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            assert process.poll() is None, f"it ended with exit code {process.returncode}"
            assert time.perf_counter() - began < LIMIT_SECONDS
            time.sleep(_LOOK_AGAIN_SECONDS)
        return time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_SECONDS)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()


def _shown(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    low, high = ordered[len(ordered) // 4], ordered[-(len(ordered) // 4) - 1]
    return f"{median(ordered):.2f} s ({low:.2f}-{high:.2f}, n={len(ordered)})"
