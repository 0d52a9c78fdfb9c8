"""The rules that `make proof-gates` switches off stand in the sources, and the tests that are to notice exist."""

import pytest

from gates.faults import FAULTS
from gates.project_rules import PROJECT_RULES
from gates.rules import RULES, SOURCES, Rule
from gates.tree import ROOT
from gates.tree_rules import TREE_RULES

OF_THE_CORE = (*RULES, *PROJECT_RULES, *TREE_RULES)


@pytest.mark.parametrize("rule", OF_THE_CORE, ids=lambda rule: rule.name)
def test_a_rule_stands_once_in_its_file(rule: Rule) -> None:
    assert 1 == (ROOT / SOURCES / rule.path).read_text("utf-8").count(rule.old)


@pytest.mark.parametrize("rule", OF_THE_CORE, ids=lambda rule: rule.name)
def test_the_test_that_holds_a_rule_is_in_its_room(rule: Rule) -> None:
    room = rule.path.split("/", maxsplit=1)[0]

    assert any(f"fn {rule.test}(" in path.read_text("utf-8") for path in (ROOT / SOURCES / room).rglob("*.rs"))


def test_names_are_unique_so_that_a_result_says_which() -> None:
    names = [fault.name for fault in (*FAULTS, *(rule.fault for rule in OF_THE_CORE))]

    assert sorted(set(names)) == sorted(names)
