"""`make coverage`: which lines of Python the tests run, and whether those are as many as is asked for.

Counting doubles the time of a test, and of every process that it starts: so it is a command of its own, and what only
whole processes and the tests of accounts reach counts as not tested. The figure is the least that it can be.
"""

import sys
from itertools import chain

from gates.run_tests import GATE, MEND, OTHERS
from gates.step import AT_ONCE, PYTHON, Step, chosen, finish, in_turn, side_by_side

COVERAGE = (*PYTHON, "-m", "coverage")
PYTEST = (*COVERAGE, "run", "-m", "pytest", "--quiet")
# A worker that a test kills while it writes leaves a broken file: what it saw is lost, which only lowers the figure.
GATHERED = (*PYTHON, "-W", "ignore:Couldn't use data file", "-m", "coverage")

BEFORE = (Step("erase", (*COVERAGE, "erase"), MEND),)
COUNTED = (
    Step("gate", (*PYTEST, *GATE), MEND),
    Step("others", (*PYTEST, *OTHERS), MEND),
    Step("units", (*PYTEST, "tests/unit"), MEND),
    Step("chaos", (*PYTEST, "tests/chaos"), MEND),
)
AFTER = (
    Step("combine", (*GATHERED, "combine", "--quiet"), MEND),
    Step("coverage", (*GATHERED, "report"), "test the lines that it names: the least is in pyproject.toml"),
)
STEPS = (*BEFORE, *COUNTED, *AFTER)


def main(names: list[str]) -> int:
    wanted = chosen(STEPS, names)
    before, counted, after = ([step for step in part if step in wanted] for part in (BEFORE, COUNTED, AFTER))
    return finish("make coverage", chain(in_turn(before), side_by_side(counted, AT_ONCE), in_turn(after)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
