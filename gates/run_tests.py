"""`make test`: everything that can be red, in one go, with the coverage that is asked for."""

import sys
from itertools import chain

from gates.step import PYTHON, Step, chosen, finish, in_turn, side_by_side
from gates.tools import TOOLS_STEP

MEND = "read its output above"
COVERAGE = (*PYTHON, "-m", "coverage")
# A worker that a test kills while it writes leaves a broken file: what it saw is lost, which only lowers the figure.
GATHERED = (*PYTHON, "-W", "ignore:Couldn't use data file", "-m", "coverage")

# Slow ones come first. Two at once: with three the tests of whole processes run out of their limits on a busy machine.
AT_ONCE = 2
PYTEST = (*COVERAGE, "run", "-m", "pytest", "--quiet")
# Counting lines doubles the time of a test, and of every process that it starts. What these reach is counted by the
# others, or counts as not tested: so the figure is the least that it can be.
UNCOUNTED = (*PYTHON, "-m", "pytest", "--quiet")
ACCOUNTS = ("tests/contract", "tests/integration/accounts", "tests/integration/compliance")
LUAU = "tests/integration/luau"
ALONE = (*ACCOUNTS, LUAU, "tests/integration/serve", "tests/unit", "tests/chaos")

BEFORE = (TOOLS_STEP, Step("erase", (*COVERAGE, "erase"), MEND))
TESTS = (
    Step("accounts", (*UNCOUNTED, *ACCOUNTS), MEND),
    Step("others", (*PYTEST, "tests", *(f"--ignore={folder}" for folder in ALONE)), MEND),
    # The first time a virtual machine is built for it, in two minutes of one core.
    Step("luau", (*UNCOUNTED, LUAU), MEND),
    Step("serve", (*UNCOUNTED, "tests/integration/serve"), MEND),
    Step("units", (*PYTEST, "tests/unit"), MEND),
    Step("chaos", (*PYTEST, "tests/chaos"), MEND),
    Step("ceiling", ("cargo", "test", "--quiet", "--locked", "--release", "--package", "ceiling"), MEND),
    Step("rust", (*PYTHON, "-m", "gates.rust_coverage"), "mend the test, or test the lines that it names"),
)
AFTER = (
    Step("combine", (*GATHERED, "combine", "--quiet"), MEND),
    Step("coverage", (*GATHERED, "report"), "test the lines that it names: the least is in pyproject.toml"),
)
STEPS = (*BEFORE, *TESTS, *AFTER)


def main(names: list[str]) -> int:
    """Run all steps, whatever fails, so that one run shows everything that is wrong."""
    wanted = chosen(STEPS, names)
    before, tests, after = ([step for step in part if step in wanted] for part in (BEFORE, TESTS, AFTER))
    return finish("make test", chain(in_turn(before), side_by_side(tests, AT_ONCE), in_turn(after)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
