"""The faults that `make proof-gates` plants, at least one for each gate: where, and what the gate has to say then."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gates.leak_shapes import REGISTRY_HOSTS
from gates.step import PYTHON
from gates.tools import TOOLS

Plant = Callable[[Path], None]

WATCH = "core_rs/src/watch.rs"
NEW_FILE = "bridge/planted.py"
# In two parts, so that this file is not what the leaks gate finds.
TOKEN = "ghp" + "_" + "Zk3v9QpL0sXr7TnB2mYw" + "8CdF5hJgK1aEuW6x"
FOREIGN_HOME = "/home" + "/carol/toolboxai"
HOST = "https://" + REGISTRY_HOSTS[0].replace("\\", "") + "/simple"
IDENTITY = ("-c", "user.name=A Tester", "-c", "user.email=tester@localhost", "-c", "commit.gpgSign=false")


def nothing(_root: Path) -> None:
    """Leave the tree as it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Planting it must turn `command` red, and its output must contain `says`.

    `before` prepares the tree; prepared so and without the fault, `command` is green. `comparable` is False where that
    would take the whole of `make test`.
    """

    name: str
    command: tuple[str, ...]
    plant: Plant
    says: str
    before: Plant = nothing
    comparable: bool = True
    possible: Callable[[], bool] = lambda: True
    # A word by which many are asked for at once.
    topic: str = ""


def gate(name: str) -> tuple[str, ...]:
    return (*PYTHON, "-m", "gates.check", name)


def tests(*names: str) -> tuple[str, ...]:
    return (*PYTHON, "-m", "gates.run_tests", *names)


def write(path: str, text: str) -> Plant:
    def plant(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")

    return plant


def append(path: str, text: str) -> Plant:
    def plant(root: Path) -> None:
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return plant


def replace(path: str, old: str, new: str) -> Plant:
    def plant(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        if old not in text:
            raise LookupError(f"{path} has no {old!r} any more: plant another fault")
        (root / path).write_text(text.replace(old, new, 1), "utf-8")

    return plant


def few_tests(root: Path) -> None:
    """Leave only the core's tests: a run of minutes would prove no more."""
    for test in (root / "tests").rglob("test_*.py"):
        if test.parent.name != "core_rs":
            test.unlink()


def one_test_in(folder: str) -> Plant:
    def before(root: Path) -> None:
        few_tests(root)
        write(f"{folder}/test_green.py", "def test_green():\n    pass\n")(root)

    return before


def commit(root: Path, message: str) -> None:
    subprocess.run(("git", "-C", root, "add", "--all"), check=True)
    subprocess.run(("git", "-C", root, *IDENTITY, "commit", "-q", "--allow-empty", "-m", message), check=True)


def in_history(root: Path) -> None:
    (root / "planted.txt").write_text(f"token {TOKEN}\n", "utf-8")
    commit(root, "Add a note")
    (root / "planted.txt").unlink()
    commit(root, "Take the note out again")


def in_a_message(root: Path) -> None:
    commit(root, f"Works in {FOREIGN_HOME}")


def undocumented(what: str, path: str, old: str, new: str) -> Fault:
    """Make a page and what it describes differ."""
    return Fault(f"{what} that is not in the pages", gate("docs"), replace(path, old, new), "planted")


def red_test(of: str, step: str, folder: str) -> Fault:
    """Make the one test of a folder fail."""
    return Fault(
        f"a red test of {of}",
        tests(step),
        write(f"{folder}/test_planted.py", "def test_red():\n    assert False\n"),
        "test_planted.py::test_red",
        before=one_test_in(folder),
    )


def windows_is_checked() -> bool:
    return all(tool.present() for tool in TOOLS if tool.used_by == "the windows gate")


FAULTS = (
    Fault("an unused import", gate("ruff"), write(NEW_FILE, "import os\n"), "F401"),
    Fault("an unformatted file", gate("format"), write(NEW_FILE, "x = {  'a':1 }\n"), "planted.py"),
    Fault("a wrong type", gate("mypy"), write(NEW_FILE, 'number: int = "text"\n'), "Incompatible types"),
    Fault(
        "an unwrap in the core",
        gate("clippy"),
        append(WATCH, "\n/// Planted.\n#[must_use]\npub fn planted(x: Option<u8>) -> u8 {\n    x.unwrap()\n}\n"),
        "used `unwrap()`",
    ),
    Fault(
        "an unwrap in the binding",
        gate("clippy-python"),
        append("core_rs/src/py/hashing.rs", "\npub(super) fn planted(x: Option<u8>) -> u8 {\n    x.unwrap()\n}\n"),
        "used `unwrap()`",
    ),
    Fault("an unformatted Rust file", gate("rustfmt"), append(WATCH, "pub fn   planted() {}\n"), "Diff in"),
    Fault(
        "a stub of nothing",
        gate("stubs"),
        append("core_rs/_core.pyi", "\ndef planted() -> None: ...\n"),
        "planted is not present at runtime",
    ),
    Fault(
        "an import against the arrows",
        gate("arrows"),
        write("backend/planted.py", "from bridge import settings\n"),
        "backend imports bridge.settings",
    ),
    Fault(
        "a room of bridge that looks up",
        gate("arrows"),
        write("bridge/settings/planted.py", "from bridge import app\n"),
        "settings imports bridge.app",
    ),
    Fault(
        "SQL in a service",
        gate("arrows"),
        write("backend/planted/service.py", "import sqlalchemy\n"),
        "outside of a store",
    ),
    Fault(
        "an unwrap in the simulator",
        gate("clippy-sim"),
        append("plugin_lua/sim/src/clock.rs", "\npub fn planted(x: Option<u8>) -> u8 {\n    x.unwrap()\n}\n"),
        "used `unwrap()`",
    ),
    Fault(
        "an unwrap in the generator",
        gate("clippy-load"),
        append("loadtests/ceiling/src/cpu.rs", "\npub fn planted(x: Option<u8>) -> u8 {\n    x.unwrap()\n}\n"),
        "used `unwrap()`",
    ),
    Fault(
        "a wrong type in Luau",
        gate("luau-types"),
        write("plugin_lua/shared/planted.luau", '--!strict\nlocal count: number = "text"\nreturn count\n'),
        "planted.luau:2",
    ),
    Fault(
        "Roblox in what both sides share",
        gate("luau-types"),
        write("plugin_lua/shared/planted.luau", "--!strict\nreturn game\n"),
        "Unknown global 'game'",
    ),
    Fault(
        "an unformatted Luau file",
        gate("luau-format"),
        write("plugin_lua/shared/planted.luau", "return   1\n"),
        "planted.luau",
    ),
    Fault("the binding in pure Rust", gate("arrows"), append(WATCH, "use pyo3 as _;\n"), "names pyo3"),
    Fault("a link to nothing", gate("docs"), append("README.md", "\n[gone](docs/planted.md)\n"), "docs/planted.md"),
    undocumented("a setting", "docs/settings.md", "\n## ops_port\n", "\n## planted\n"),
    undocumented("a route", "docs/routes.md", "`GET /health/live`", "`GET /planted`"),
    undocumented("a path of the ops port", "docs/routes.md", "| `/metrics` |", "| `/planted` |"),
    undocumented("a metric", "docs/metrics.md", "`toolboxai_workers_ready`", "`planted`"),
    undocumented("an error", "docs/errors.md", "`database_unavailable`", "`planted`"),
    undocumented("an exit code", "docs/exit-codes.md", "| disk_full |", "| planted |"),
    undocumented("a command", "docs/cli.md", "\n## toolboxai migrate\n", "\n## toolboxai planted\n"),
    undocumented("a word of make", "Makefile", "\n.PHONY: help", "\n.PHONY: planted help"),
    Fault("a changelog of another form", gate("docs"), replace("CHANGELOG.md", "## [Unreleased]", "## Soon"), "'Soon'"),
    Fault("a secret", gate("leaks"), write("planted.txt", f"token {TOKEN}\n"), "planted.txt:1: a known token"),
    Fault("a secret in the history", gate("leaks"), in_history, "planted.txt in commit"),
    Fault("a path of a machine in a message", gate("leaks"), in_a_message, "the message of"),
    Fault("the host of a registry", gate("leaks"), append("README.md", f"{HOST}\n"), "the host of a package registry"),
    Fault(
        "a dependency that the lock lacks",
        gate("locks"),
        replace("pyproject.toml", '  "orjson>=3.13",\n', ""),
        "locks/runtime.txt: does not say",
    ),
    Fault(
        "a lock that names a place",
        gate("locks"),
        append("locks/test.txt", "--index-url https://packages.example/simple\n"),
        "names a place of packages",
    ),
    Fault("a stale Cargo.lock", gate("locks"), replace("Cargo.toml", 'version = "0.', 'version = "9.'), "Cargo.lock: "),
    Fault("a new file in the wheel", gate("wheel"), write(NEW_FILE, ""), "bridge/planted.py: is new in the wheel"),
    Fault(
        "sources in the wheel",
        gate("wheel"),
        replace("pyproject.toml", '"core_rs/Cargo.toml", ', ""),
        "core_rs/Cargo.toml: is in the wheel",
    ),
    Fault(
        "code that Windows cannot compile",
        gate("windows"),
        append(WATCH, '#[cfg(windows)]\ncompile_error!("planted");\n'),
        "error: planted",
        possible=windows_is_checked,
    ),
    Fault(
        "a core older than its sources",
        (*PYTHON, "-c", "import core_rs"),
        append(WATCH, "// planted\n"),
        "StaleCoreError",
    ),
    Fault(
        "a red Rust test",
        tests("rust"),
        append(WATCH, "\n#[cfg(test)]\nmod planted {\n    #[test]\n    fn red() {\n        panic!();\n    }\n}\n"),
        "planted::red",
    ),
    Fault(
        "a line of the limits that no test runs",
        tests("rust"),
        replace(
            "core_rs/src/limits/ticks.rs",
            "    let part =",
            "    if time == Duration::MAX {\n        return 1;\n    }\n    let part =",
        ),
        "core_rs/src/limits/ticks.rs: no test runs line",
    ),
    Fault(
        "a red Python test",
        tests("units"),
        write("tests/unit/core_rs/test_planted.py", "def test_red():\n    assert False\n"),
        "test_planted.py::test_red",
        before=few_tests,
    ),
    red_test("processes", "serve", "tests/integration/serve"),
    red_test("Luau", "luau", "tests/integration/luau"),
    red_test("chaos", "chaos", "tests/chaos"),
    red_test("the gate", "gate", "tests/integration/gate"),
    Fault(
        "a red test of the generator",
        tests("ceiling"),
        append("loadtests/ceiling/src/cpu.rs", "\n#[cfg(test)]\n#[test]\nfn planted() {\n    panic!();\n}\n"),
        "planted",
    ),
    red_test("contracts", "accounts", "tests/contract"),
    red_test("everything else", "others", "tests/integration/web"),
    Fault(
        "a warning in a test",
        tests("units"),
        write("tests/unit/core_rs/test_planted.py", "import warnings\ndef test_red():\n    warnings.warn('x')\n"),
        "test_planted.py::test_red",
        before=few_tests,
    ),
    Fault(
        "too little tested",
        (*PYTHON, "-m", "gates.coverage", "erase", "units", "combine", "coverage"),
        few_tests,
        "Coverage failure",
        comparable=False,
    ),
)
