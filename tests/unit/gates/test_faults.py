"""Every gate has its planted fault; planting them all is `make proof-gates`."""

from gates.check import GATES
from gates.faults import FAULTS, gate
from gates.run_tests import STEPS


def test_every_gate_has_a_fault_that_turns_it_red() -> None:
    assert {gate(step.name) for step in GATES} <= {fault.command for fault in FAULTS}


def test_what_a_test_run_asks_for_has_a_fault_too() -> None:
    planted = {word for fault in FAULTS for word in fault.command}

    assert {step.name for step in STEPS} - {"tools"} <= planted


def test_names_are_unique_so_that_a_result_says_which() -> None:
    names = [fault.name for fault in FAULTS]

    assert sorted(set(names)) == sorted(names)
