"""`make test`: everything that can be red, in one go, with the coverage that is asked for."""

import sys

from gates.step import PYTHON, Step, chosen, finish, in_turn
from gates.tools import TOOLS_STEP

MEND = "read its output above"
COVERAGE = (*PYTHON, "-m", "coverage")

STEPS = (
    TOOLS_STEP,
    Step("erase", (*COVERAGE, "erase"), MEND),
    Step("rust", ("cargo", "test", "--quiet", "--locked"), MEND),
    Step("python", (*COVERAGE, "run", "-m", "pytest"), MEND),
    Step("combine", (*COVERAGE, "combine", "--quiet"), MEND),
    Step("coverage", (*COVERAGE, "report"), "test the lines that it names: the least is in pyproject.toml"),
)


def main(names: list[str]) -> int:
    """Run all steps, whatever fails, so that one run shows everything that is wrong."""
    return finish("make test", in_turn(chosen(STEPS, names)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
