"""`make tools`: what `make test` and `make check` need beyond the fresh machine that `make run` asks for.

Each is found, or installed from Debian's packages where we may, or named in a sentence with the command to type.
Standard library only: it also runs before anything is installed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gates import browser, luau_analyzer, stylua
from gates.step import PYTHON, Step
from gates.tree import ROOT

TOOLS_STEP = Step("tools", (*PYTHON, "-m", "gates.tools"), "type what it says")
WINDOWS_TARGET = "x86_64-pc-windows-gnu"
# Reads what `-C instrument-coverage` counted. In the project's own folder: nobody's other tools are replaced.
COVERAGE_READER = ROOT / ".tools" / "bin" / ("cov.exe" if os.name == "nt" else "cov")
COVERAGE_READER_VERSION = "0.15.0"
# Building a tool takes a minute or two.
CARGO_LIMIT_SECONDS = 900
# A toolchain manager that cannot reach its server tries for minutes; nobody waits for that.
RUSTUP_LIMIT_SECONDS = 120
# A checker of types is three minutes of C++ on one idle core.
MODULE_LIMIT_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Tool:
    """`needed` False: the gate that uses it says in one line that it left its check out."""

    name: str
    used_by: str
    present: Callable[[], bool]
    debian: tuple[str, ...] = ()
    rustup: tuple[str, ...] = ()
    cargo: tuple[str, ...] = ()
    # A module of ours that installs it.
    module: str = ""
    needed: bool = True

    @property
    def command(self) -> str:
        """What a person types to get it."""
        if self.module:
            return f"python3 -m {self.module}"
        if self.cargo:
            return f"cargo {' '.join(self.cargo)}"
        if self.debian and (not self.rustup or not shutil.which("rustup")):
            return f"apt-get install {' '.join(self.debian)}, or your system's package of it"
        return f"rustup {' '.join(self.rustup)}"


def on_path(program: str) -> Callable[[], bool]:
    return lambda: shutil.which(program) is not None


def answers(*command: str) -> Callable[[], bool]:
    """Whether the command ends well: `cargo clippy` exists as a proxy even where the component does not."""
    return lambda: shutil.which(command[0]) is not None and quietly(command)


def quietly(command: Sequence[str], limit_seconds: float = 60) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def has_windows_target() -> bool:
    """Whether the standard library for Windows lies beside the compiler, with or without rustup."""
    query = ("rustc", "--print", "target-libdir", "--target", WINDOWS_TARGET)
    try:
        answer = subprocess.run(query, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and Path(answer.stdout.strip()).is_dir()


def has_coverage_reader() -> bool:
    """Whether it is there, in the version that is asked for."""
    try:
        listed = (ROOT / ".tools" / ".crates.toml").read_text("utf-8")
    except OSError:
        return False
    return COVERAGE_READER.exists() and f'"llvm_profparser {COVERAGE_READER_VERSION} ' in listed


TOOLS = (
    Tool("git", "the leaks gate, which reads the history", on_path("git"), debian=("git",)),
    Tool("node", "tests/contract, the vectors as a JavaScript engine reads them", on_path("node"), debian=("nodejs",)),
    Tool(
        "chromium",
        "tests/attack, the pages of other origins",
        lambda: browser.chromium() is not None,
        debian=("chromium",),
    ),
    Tool("npm", "the luau-format gate", on_path("npm"), debian=("npm",)),
    Tool("c++", "the Luau tests and the luau-types gate, which build C++", on_path("c++"), debian=("g++",)),
    Tool("luau-analyze", "the luau-types gate", luau_analyzer.present, module="gates.luau_analyzer"),
    Tool("stylua", "the luau-format gate and `make fmt`", stylua.present, module="gates.stylua"),
    Tool(
        "clippy",
        "the clippy gates",
        answers("cargo", "clippy", "--version"),
        debian=("rust-clippy",),
        rustup=("component", "add", "clippy"),
    ),
    Tool(
        "rustfmt",
        "the rustfmt gate and `make fmt`",
        answers("cargo", "fmt", "--version"),
        debian=("rustfmt",),
        rustup=("component", "add", "rustfmt"),
    ),
    Tool(
        "cov",
        "the Rust tests, to see which lines they run",
        has_coverage_reader,
        cargo=(
            *("install", "--quiet", "--locked", "--root", ".tools"),
            *("--version", f"={COVERAGE_READER_VERSION}", "llvm_profparser"),
        ),
    ),
    Tool(
        "gcc for Windows",
        "the windows gate",
        on_path("x86_64-w64-mingw32-gcc"),
        debian=("gcc-mingw-w64-x86-64",),
        needed=False,
    ),
    Tool(
        "Rust for Windows",
        "the windows gate",
        has_windows_target,
        rustup=("target", "add", WINDOWS_TARGET),
        needed=False,
    ),
)


def may_use_apt() -> bool:
    """Only root on Debian installs without asking; everybody else is told what to type."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/etc/debian_version").exists()


def install(missing: Sequence[Tool]) -> None:
    """Try each way that is open on this machine; whether it worked is looked at afterwards."""
    if shutil.which("rustup"):
        for tool in missing:
            if tool.rustup:
                quietly(("rustup", *tool.rustup), RUSTUP_LIMIT_SECONDS)
    for tool in missing:
        if tool.cargo:
            print(f"building {tool.name} with cargo", flush=True)
            quietly(("cargo", *tool.cargo), CARGO_LIMIT_SECONDS)
    packages = [name for tool in missing if not tool.present() for name in tool.debian]
    if packages and may_use_apt():
        print(f"installing {' '.join(packages)} from Debian's packages", flush=True)
        quietly(("apt-get", "-qq", "update"), 600)
        quietly(("apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages), 1200)
    for tool in missing:
        if tool.module:
            print(f"installing {tool.name}", flush=True)
            quietly((*PYTHON, "-m", tool.module), MODULE_LIMIT_SECONDS)


def report(tools: Sequence[Tool]) -> int:
    """Name what is missing; a tool that only an optional check uses does not make it a failure."""
    missing = [tool for tool in tools if not tool.present()]
    for tool in missing:
        without = "is missing" if tool.needed else "is missing and its check will be left out"
        print(f"{tool.name} {without} ({tool.used_by}): type `{tool.command}`")
    there = [tool.name for tool in tools if tool not in missing]
    print(f"tools: {', '.join(there)}" if there else "tools: none")
    return 1 if any(tool.needed for tool in missing) else 0


def main(tools: Sequence[Tool] = TOOLS) -> int:
    """Find, install, report."""
    if missing := [tool for tool in tools if not tool.present()]:
        install(missing)
    return report(tools)


if __name__ == "__main__":
    sys.exit(main())
