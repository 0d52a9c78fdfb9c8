"""The rules of accounts and the gate that `make proof-gates` switches off stand in the sources; their tests exist."""

import pytest

from gates.account_rule import TESTS, TOPIC, AccountRule
from gates.account_rules import ACCOUNT_RULES
from gates.following_rules import FOLLOWING_RULES
from gates.following_rules import TOPIC as FOLLOWING
from gates.pairing_rules import PAIRING_RULES
from gates.pairing_rules import TOPIC as PAIRING
from gates.planted import ALL
from gates.realtime_rules import REALTIME_RULES
from gates.realtime_rules import TOPIC as CHANNELS
from gates.session_rules import SESSION_RULES
from gates.session_rules import TOPIC as SESSIONS
from gates.tree import ROOT

EVERY = (*ACCOUNT_RULES, *PAIRING_RULES, *SESSION_RULES, *REALTIME_RULES, *FOLLOWING_RULES)


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_a_rule_stands_once_in_its_file(rule: AccountRule) -> None:
    assert 1 == (ROOT / rule.sources / rule.path).read_text("utf-8").count(rule.old)


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_without_a_rule_its_file_is_still_python(rule: AccountRule) -> None:
    text = (ROOT / rule.sources / rule.path).read_text("utf-8")

    # What does not compile would turn every test red.
    compile(text.replace(rule.old, rule.without), rule.path, "exec", dont_inherit=True)


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.name)
def test_the_test_that_holds_a_rule_is_there(rule: AccountRule) -> None:
    path, _, name = rule.test.partition("::")

    assert f"def {name}(" in (ROOT / TESTS / path).read_text("utf-8")


def test_all_of_them_are_planted_and_asked_for_by_one_word() -> None:
    for topic, rules in (
        (TOPIC, ACCOUNT_RULES),
        (PAIRING, PAIRING_RULES),
        (SESSIONS, SESSION_RULES),
        (CHANNELS, REALTIME_RULES),
        (FOLLOWING, FOLLOWING_RULES),
    ):
        assert [rule.fault.name for rule in rules] == [fault.name for fault in ALL if fault.topic == topic]
    assert len({fault.name for fault in ALL}) == len(ALL)
