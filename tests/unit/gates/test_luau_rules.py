"""The rules of the Luau client that `make proof-gates` switches off stand in the sources, and their sentences exist."""

import pytest

from gates.luau_rules import LUAU_RULES, SHARED, TOPIC, LuauRule
from gates.planted import ALL
from gates.tree import ROOT

SPECS = ROOT / "plugin_lua" / "tests"
# A spec that goes through them has their names as its sentences.
VECTORS = ROOT / "tests" / "contract" / "channels.json"


@pytest.mark.parametrize("rule", LUAU_RULES, ids=lambda rule: rule.name)
def test_a_rule_stands_once_in_its_file(rule: LuauRule) -> None:
    assert 1 == (ROOT / f"{SHARED}{rule.path}.luau").read_text("utf-8").count(rule.old)


@pytest.mark.parametrize("rule", LUAU_RULES, ids=lambda rule: rule.name)
def test_the_spec_that_holds_a_rule_is_there(rule: LuauRule) -> None:
    found = "".join(path.read_text("utf-8") for path in (*SPECS.rglob(f"{rule.spec}.spec.luau"), VECTORS))
    # What follows a colon may be filled in when the spec runs.
    assert rule.sentence.partition(":")[0] in found


def test_all_of_them_are_planted_and_asked_for_by_one_word() -> None:
    assert [rule.fault.name for rule in LUAU_RULES] == [fault.name for fault in ALL if fault.topic == TOPIC]
