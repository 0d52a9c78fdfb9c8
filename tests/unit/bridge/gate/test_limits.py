from typing import get_args

import pytest

from bridge.gate.callers_limits import limit_name
from bridge.gate.limits import RULES, Counted, LimitsRefused, Rule, RuleBook
from bridge.gate.too_many import refusal
from bridge.settings.model import ShadowLimit
from core_rs import Limits, Table


def test_what_may_be_in_shadow_is_what_the_setting_offers() -> None:
    assert [rule.name for rule in RULES if rule.may_shadow] == list(get_args(ShadowLimit))


def test_what_keeps_guessers_away_may_not_be_in_shadow() -> None:
    for name in ("signin", "pairing", "opening"):
        with pytest.raises(LimitsRefused, match=f"{name} may not be in shadow"):
            RuleBook(shadow=(name,))


def test_a_limit_that_there_is_not_may_not_be_in_shadow() -> None:
    with pytest.raises(LimitsRefused, match="everything may not be in shadow"):
        RuleBook(shadow=("everything",))


def test_a_route_of_a_class_that_there_is_not_is_refused() -> None:
    with pytest.raises(LimitsRefused, match="no rate class 'session': it may be cheap, health"):
        RuleBook().known_class("session")


def test_the_core_takes_the_whole_table() -> None:
    policies = RuleBook().policies()
    Limits(Table.in_process(), policies)

    assert [rule.name for rule in RULES] == [policy.name for policy in policies]


def test_guessers_are_held_closer_than_others() -> None:
    by_name = {rule.name: rule for rule in RULES}

    assert all(by_name[name].burst <= by_name["read"].burst / 2 for name in ("signin", "pairing", "opening"))


def test_every_wait_is_drawn_above_the_true_one_and_never_below_it() -> None:
    book = RuleBook([Rule("few", Counted.ADDRESS, count=1, seconds=100, burst=1)])
    limits = Limits(Table.in_process(), book.policies())
    key = limits.key("address", b"somebody")
    assert limits.check([(key, 0)]).admitted

    refused = limits.check([(key, 0)])
    waits = {int(refusal(refused).headers[0][1]) for _ in range(300)}

    assert not refused.admitted
    assert min(waits) * 1000 >= refused.retry_after_millis
    assert max(waits) <= 111
    assert len(waits) > 5


def test_the_lines_are_five_headers_of_the_policy_that_decided() -> None:
    book = RuleBook([Rule("few", Counted.ADDRESS, count=2, seconds=60, burst=5)])
    limits = Limits(Table.in_process(), book.policies())
    decision = limits.check([(limits.key("address", b"somebody"), 0)])

    seconds = -(-decision.reset_millis // 1000)
    assert seconds in {30, 31}
    assert (
        f'RateLimit-Policy: "few";q=5;w=150\r\nRateLimit: "few";r=4;t={seconds}\r\n'
        f"X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 4\r\nX-RateLimit-Reset: {seconds}\r\n"
    ).encode() == limits.told(decision)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "unix:/run/bridge", True),
        ("", "0.0.0.0", False),
    ],
)
def test_an_address_is_counted_as_the_core_counts_it(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same == (limit_name(one) == limit_name(other))
    assert 9 == len(limit_name(one))
