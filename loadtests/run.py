"""`make load`: a bridge on loopback, users at it for a minute, one table, and docs/performance.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from loadtests.bars import FIGURES, MOST_FAILED, MOST_MEDIAN_MILLISECONDS, MOST_P99_MILLISECONDS
from loadtests.enrolled import VARIABLE as ENROLLED
from tests.benchmarks.machine import facts

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "performance.md"
PROFILES: Final = ("steady", "spike")
LONGEST_SECONDS: Final = 180
HEAD: Final = ("what", "requests", "failed", "a second", "p50 ms", "p95 ms", "p99 ms")
INTRODUCTION: Final = f"""# Performance under load

Written by `make load`; do not edit by hand.
Studio devices leave and read signed notes of a kilobyte, and game servers ask for their session.
Attackers replay requests and make signatures up; an attack that is refused counts as done.
One worker on SQLite, and the users on the same machine: what is slow here may be the users.
It is red with the first attack that is let in, and above {MOST_FAILED:.1%} failed,
a median of {MOST_MEDIAN_MILLISECONDS} ms or a 99th percentile of {MOST_P99_MILLISECONDS} ms.
"""


@contextmanager
def bridge(folder: Path) -> Iterator[Path]:
    """Start the bridge, and yield the file that says who may sign."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    with (folder / "bridge.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "loadtests.bridge", str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            assert process.stdout is not None  # noqa: S101
            told = process.stdout.readline()
            if not told:
                raise SystemExit(f"the bridge did not start: {(folder / 'bridge.log').read_text()[-2000:]}")
            enrolled = folder / "enrolled.json"
            enrolled.touch(mode=0o600)
            enrolled.write_bytes(told)
            yield enrolled
        finally:
            process.terminate()
            process.wait()


def run(profile: str, folder: Path, enrolled: Path) -> tuple[int, dict[str, Any]]:
    """Let the users of a profile at it; return what Locust ended with, and the figures."""
    figures = folder / f"{profile}.json"
    locust = [sys.executable, "-P", "-m", "locust", "-f", str(ROOT / "loadtests" / "profiles" / f"{profile}.py")]
    ended = subprocess.run(  # noqa: S603
        [*locust, "--headless", "--only-summary", "--skip-log-setup", "--reset-stats"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), ENROLLED: str(enrolled), FIGURES: str(figures)},
        stdout=subprocess.DEVNULL,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if not figures.exists():
        raise SystemExit(f"Locust ended with {ended.returncode} and told nothing")
    told: dict[str, Any] = json.loads(figures.read_text())
    return ended.returncode, told


def table(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    for row in rows:
        name = "**all**" if row is rows[-1] else row["name"]
        figures = (f"{row[key]:.0f}" for key in ("a_second", "p50", "p95", "p99"))
        lines.append(f"| {name} | {row['requests']} | {row['failures']} | {' | '.join(figures)} |")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", nargs="*", help=f"only these, and write nothing: {', '.join(PROFILES)}")
    chosen = parser.parse_args().profile
    page = [INTRODUCTION, *(f"- {fact}" for fact in facts())]
    worst = 0
    for profile in chosen or PROFILES[:1]:
        with tempfile.TemporaryDirectory() as name, bridge(Path(name)) as enrolled:
            code, told = run(profile, Path(name), enrolled)
        lines = table(told["rows"])
        print("\n".join([f"{profile}:", *lines, *told["broken"]]), flush=True)  # noqa: T201
        page += ["", f"## {profile.capitalize()}", *lines]
        worst = max(worst, code)
    if not chosen and worst == 0:
        PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")  # noqa: T201
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
