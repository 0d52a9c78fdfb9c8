"""`make fuzz`: feeds every parser of strangers' bytes with whatever a fuzzer comes up with, for a stated time each.

libFuzzer is linked into the targets themselves, so that nothing has to be installed but a nightly compiler, which alone
can instrument for it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from gates.tree import ROOT

CRATE = ROOT / "core_rs" / "fuzz"
FOLDER = ROOT / "target" / "fuzz"
HOST = "x86_64-unknown-linux-gnu"
SECONDS = 600
AT_ONCE = 2
# What a target may take: a parser that reserves what a header promises fails here, long before the machine does.
MEMORY_MIB = 2048
ONE_ALLOCATION_MIB = 256
ONE_INPUT_SECONDS = 10
WITH_POOLS = frozenset({"bundle_unpack"})

INSTRUMENTED = (
    *("-Cpasses=sancov-module", "-Cllvm-args=-sanitizer-coverage-level=4"),
    *("-Cllvm-args=-sanitizer-coverage-inline-8bit-counters", "-Cllvm-args=-sanitizer-coverage-pc-table"),
    *("-Cllvm-args=-sanitizer-coverage-trace-compares", "-Clink-dead-code"),
    *("-Cdebug-assertions=yes", "-Zsanitizer=address", "--cfg=fuzzing", "-Awarnings"),
)
NO_NIGHTLY = (
    "there is no nightly compiler, which alone can instrument for a fuzzer: type `rustup toolchain install nightly`"
)


@dataclass(frozen=True, slots=True)
class Result:
    """How one target ended."""

    target: str
    passed: bool
    runs: int
    peak_mib: int
    said: str

    def __str__(self) -> str:
        word = "ok    " if self.passed else "FAILED"
        return f"{word} {self.target:<16} {self.runs:>12,} runs, {self.peak_mib} MiB at most"


def targets(crate: Path = CRATE) -> list[str]:
    return sorted(path.stem for path in (crate / "fuzz_targets").glob("*.rs"))


def build() -> None:
    """Build all targets, instrumented; says what is missing if they cannot be."""
    if subprocess.run(("cargo", "+nightly", "--version"), capture_output=True, check=False).returncode != 0:
        raise SystemExit(NO_NIGHTLY)
    environment = os.environ | {"CARGO_TARGET_DIR": str(FOLDER), "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(INSTRUMENTED)}
    command = ("cargo", "+nightly", "build", "--quiet", "--release", "--locked", "--target", HOST)
    if subprocess.run(command, cwd=CRATE, env=environment, check=False).returncode != 0:
        raise SystemExit("the fuzz targets do not compile")


def command(target: str, seconds: int) -> tuple[str, ...]:
    return (
        str(FOLDER / HOST / "release" / target),
        str(FOLDER / "corpus" / target),
        *([str(seeds)] if (seeds := CRATE / "seeds" / target).is_dir() else []),
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEMORY_MIB}",
        f"-malloc_limit_mb={ONE_ALLOCATION_MIB}",
        f"-timeout={ONE_INPUT_SECONDS}",
        f"-artifact_prefix={FOLDER / 'found' / target}-",
        "-print_final_stats=1",
    )


def environment(target: str) -> dict[str, str]:
    """Leaks are looked for at the end of a run, but not where threads may still be ending then.

    Those of a pool end after the pool is gone, and what such a thread still holds looks lost. What grows is found
    by the limit on memory all the same.
    """
    return {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"} if target in WITH_POOLS else dict(os.environ)


def run(target: str, seconds: int) -> Result:
    """Fuzz one target, beginning with its seeds; what it learned stays in its corpus for the next time."""
    for folder in (FOLDER / "corpus" / target, FOLDER / "found"):
        folder.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        command(target, seconds),
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        env=environment(target),
        check=False,
    )
    return judge(target, ended.returncode, ended.stderr)


def judge(target: str, code: int, said: str) -> Result:
    """Read the fuzzer's own figures; a run without any did not run, whatever its exit code."""
    runs, peak = (_figure(name, said) for name in ("number_of_executed_units", "peak_rss_mb"))
    return Result(target, passed=code == 0 and runs > 0, runs=runs, peak_mib=peak, said=said)


def _figure(name: str, said: str) -> int:
    found = re.search(rf"stat::{name}:\s+(\d+)", said)
    return int(found[1]) if found is not None else 0


def fuzz(names: Sequence[str], seconds: int) -> Iterator[Result]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda name: run(name, seconds), names)


def finish(results: Iterator[Result]) -> int:
    """Say how each target ended, and of one that failed the fuzzer's last words, which name the input."""
    failed = False
    for result in results:
        print(result, flush=True)
        if not result.passed:
            failed = True
            print("\n".join(result.said.splitlines()[-30:]), flush=True)
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Fuzz all targets, or those that are named, for so many seconds each."""
    seconds = int(arguments[0]) if arguments else SECONDS
    names = arguments[1:] or targets()
    if unknown := sorted(set(names) - set(targets())):
        raise SystemExit(f"no fuzz target is called {', '.join(unknown)}; there are {', '.join(targets())}")
    build()
    print(f"== {', '.join(names)}: {seconds} s each, {AT_ONCE} at once", flush=True)
    return finish(fuzz(names, seconds))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
