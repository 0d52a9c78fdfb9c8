"""`make check`: every gate beside the tests. `python -P -m gates.check ruff mypy` runs only these."""

import sys
from itertools import chain

from gates.step import PYTHON, Step, chosen, finish, in_turn, side_by_side
from gates.stylua import PROGRAM as STYLUA
from gates.tools import TOOLS_STEP

FORMAT = "run `make fmt`"
MEND = "mend what it names"

# Slow ones first, so that the two lanes end together.
GATES = (
    Step("mypy", (*PYTHON, "-m", "mypy"), MEND),
    Step("clippy", ("cargo", "clippy", "--quiet", "--locked", "--all-targets", "--", "-D", "warnings"), MEND),
    Step(
        "clippy-python",
        ("cargo", "clippy", "--quiet", "--locked", "--all-targets", "--features", "python", "--", "-D", "warnings"),
        MEND,
    ),
    Step(
        "clippy-sim",
        ("cargo", "clippy", "--quiet", "--locked", "--package", "sim", "--all-targets", "--", "-D", "warnings"),
        MEND,
    ),
    Step(
        "clippy-load",
        ("cargo", "clippy", "--quiet", "--locked", "--package", "ceiling", "--all-targets", "--", "-D", "warnings"),
        MEND,
    ),
    Step("docs", (*PYTHON, "-m", "pytest", "-q", "tests/docs"), "write what it misses into the page it names"),
    Step("windows", (*PYTHON, "-m", "gates.windows"), "keep the core portable"),
    Step("wheel", (*PYTHON, "-m", "gates.wheel"), "run `make wheel-files` if the change is meant, and read its diff"),
    Step("stubs", (*PYTHON, "-m", "mypy.stubtest", "core_rs._core"), "make core_rs/_core.pyi say what the core has"),
    Step("ruff", (*PYTHON, "-m", "ruff", "check", "--quiet"), f"{FORMAT} for what a machine can mend"),
    Step("format", (*PYTHON, "-m", "ruff", "format", "--quiet", "--check", "--diff"), FORMAT),
    Step("rustfmt", ("cargo", "fmt", "--all", "--check"), FORMAT),
    Step("luau-types", (*PYTHON, "-m", "gates.luau"), MEND),
    Step("luau-format", (str(STYLUA), "--check", "plugin_lua"), FORMAT),
    Step("arrows", (*PYTHON, "-m", "gates.arrows"), "turn the import round: docs/architecture.md has the arrows"),
    Step("leaks", (*PYTHON, "-m", "gates.leaks"), "take it out; a real secret is also to be revoked"),
    Step("locks", (*PYTHON, "-m", "gates.locks"), "run `make locks`, and read its diff"),
)


def main(names: list[str]) -> int:
    """Run the gates of these names, or all of them after the tools they need are there."""
    gates = chosen(GATES, names)
    return finish("make check", chain(in_turn(() if names else (TOOLS_STEP,)), side_by_side(gates)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
