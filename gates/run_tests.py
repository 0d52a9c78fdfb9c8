"""`make test`: everything that can be red, in one go."""

import sys
from itertools import chain

from gates.step import PYTHON, Step, chosen, finish, in_turn, side_by_side
from gates.tools import TOOLS_STEP

MEND = "read its output above"

# Long ones come first. Half of the lanes wait more than they work (for clocks, processes and sockets), so four of them
# keep two cores busy.
AT_ONCE = 4
PYTEST = (*PYTHON, "-m", "pytest", "--quiet")
ACCOUNTS = ("tests/contract", "tests/integration/accounts", "tests/integration/compliance")
GATE = ("tests/integration/gate", "tests/attack")
LUAU = "tests/integration/luau"
SERVE = "tests/integration/serve"
ALONE = (*ACCOUNTS, *GATE, LUAU, SERVE, "tests/unit", "tests/chaos")
OTHERS = ("tests", *(f"--ignore={folder}" for folder in ALONE))

BEFORE = (TOOLS_STEP,)
TESTS = (
    Step("serve", (*PYTEST, SERVE), MEND),
    Step("others", (*PYTEST, *OTHERS), MEND),
    Step("accounts", (*PYTEST, *ACCOUNTS), MEND),
    Step("chaos", (*PYTEST, "tests/chaos"), MEND),
    Step("units", (*PYTEST, "tests/unit"), MEND),
    Step("gate", (*PYTEST, *GATE), MEND),
    # The first time a virtual machine is built for it, in two minutes of one core.
    Step("luau", (*PYTEST, LUAU), MEND),
    Step("rust", (*PYTHON, "-m", "gates.rust_coverage"), "mend the test, or test the lines that it names"),
    Step("ceiling", ("cargo", "test", "--quiet", "--locked", "--release", "--package", "ceiling"), MEND),
)
STEPS = (*BEFORE, *TESTS)


def main(names: list[str]) -> int:
    """Run all steps, whatever fails, so that one run shows everything that is wrong."""
    wanted = chosen(STEPS, names)
    before, tests = ([step for step in part if step in wanted] for part in (BEFORE, TESTS))
    return finish("make test", chain(in_turn(before), side_by_side(tests, AT_ONCE)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
