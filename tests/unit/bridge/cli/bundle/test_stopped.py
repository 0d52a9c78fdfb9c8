"""A command of bundles that is stopped, or cannot go on, leaves nothing behind."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core_rs import pack_folder

MAIN = (sys.executable, "-P", "-c", "from bridge.cli import main; raise SystemExit(main())", "bundle")
PATIENCE_SECONDS = 60
# Sparse, so that it costs no disk; packing it takes seconds.
LARGE_BYTES = 8_000_000_000
MOST_FILE_BYTES = 100_000


# A run that is measured has a handler of its own for SIGTERM, which ends the program without asking anybody.
MEASURED = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


def start(place: Path, *words: str, prepare: Callable[[], object] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (*MAIN, *words),
        cwd=place,
        env={name: value for name, value in os.environ.items() if name not in MEASURED},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509  # the child has one thread
    )


def listed(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)],
)
def test_a_signal_ends_it_at_once_and_leaves_nothing(here: Path, number: signal.Signals, code: int) -> None:
    (here / "large").mkdir()
    with (here / "large" / "file").open("wb") as file:
        file.truncate(LARGE_BYTES)
    deadline = time.monotonic() + PATIENCE_SECONDS

    with start(here, "pack", "large", "1.tbx") as running:
        while not any(name.startswith(".1.tbx.") for name in listed(here)):
            assert running.poll() is None
            assert time.monotonic() < deadline, "it never began"
            time.sleep(0.01)
        running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE_SECONDS)

    assert (code, "", "") == (running.returncode, out, err)
    assert ["large"] == listed(here)


def test_a_signal_that_is_ignored_stays_ignored(lessons: Path) -> None:
    def prepare() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.raise_signal(signal.SIGHUP)

    script = (
        "import signal, bridge.cli.unwinding as unwinding\n"
        "with unwinding.unwinding():\n"
        "    signal.raise_signal(signal.SIGHUP)\n"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)\n"
    )
    said = subprocess.run(
        (sys.executable, "-P", "-c", script),
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        check=True,
        cwd=lessons,
    ).stdout

    assert "True\n" == said


def test_what_cannot_be_written_is_told_and_leaves_nothing(here: Path) -> None:
    """As a full disk does, but with a limit that every machine has."""
    (here / "large").mkdir()
    (here / "large" / "file").write_bytes(bytes(range(256)) * 1_000)
    pack_folder("large", "1.tbx")
    before = listed(here)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))

    with start(here, "unpack", "1.tbx", "copy", prepare=limit) as running:
        _, err = running.communicate(timeout=PATIENCE_SECONDS)

    assert 13 == running.returncode
    assert "toolboxai: cannot write copy/file: File too large\n" == err
    assert before == listed(here)
