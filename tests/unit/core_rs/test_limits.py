"""Rate limits: what is told and what is refused. The bound itself is proven in the core's own tests."""

import pytest

from core_rs import Decision, LimitKey, Limits, Policy, PolicyRefused, Table


def hourly(name: str, burst: int, *, shadow: bool = False) -> Policy:
    return Policy(name, count=1, seconds=3600, burst=burst, shadow=shadow)


def test_the_burst_is_admitted_and_then_nothing() -> None:
    limits = Limits(Table.in_process(), [hourly("address", 3)])
    debit = [(limits.key("address", b"127.0.0.1"), 0)]
    decisions = [limits.check(debit) for _ in range(4)]
    assert [decision.admitted for decision in decisions] == [True, True, True, False]
    assert [decision.remaining for decision in decisions] == [2, 1, 0, 0]
    refused = decisions[-1]
    assert (refused.policy, refused.limit) == (0, 3)
    assert 3_590_000 < refused.retry_after_millis <= 3_600_001
    assert 3 * 3_590_000 < refused.reset_millis <= 3 * 3_600_001


def test_a_refusal_by_one_charges_none_of_the_others() -> None:
    limits = Limits(Table.in_process(), [hourly("address", 9), hourly("session", 1)])
    address, session = limits.key("address", b"a"), limits.key("session", b"s")
    assert limits.check([(address, 0), (session, 1)]).policy == 1
    for _ in range(5):
        assert not limits.check([(address, 0), (session, 1)]).admitted
    assert limits.check([(address, 0)]).remaining == 7


def test_counting_in_turn_tells_of_the_tighter_as_a_decision_would() -> None:
    limits = Limits(Table.in_process(), [hourly("address", 9), hourly("session", 5)])
    first = limits.debits([(limits.key("address", b"a"), 0)])
    then = limits.debits([(limits.key("session", b"s"), 1)])
    lines = b'RateLimit-Policy: "%b";q=%d;w=%d\r\nRateLimit: "%b";r=%d;t='
    met, charged = limits.count(first), limits.count(first, then)
    assert isinstance(met, tuple)
    assert isinstance(charged, tuple)
    assert met[0] == 8
    assert met[1].startswith(lines % (b"address", 9, 9 * 3600, b"address", 8))
    assert charged[0] == 4
    assert charged[1].startswith(lines % (b"session", 5, 5 * 3600, b"session", 4))


def test_counting_in_turn_gives_the_decision_where_it_is_not_plain() -> None:
    limits = Limits(Table.in_process(), [hourly("address", 9), hourly("session", 1), hourly("new", 1, shadow=True)])
    first = limits.debits([(limits.key("address", b"a"), 0)])
    then = limits.debits([(limits.key("session", b"s"), 1)])
    in_shadow = limits.debits([(limits.key("session", b"s"), 2)])
    assert isinstance(limits.count(first, then), tuple)
    refused = limits.count(first, then)
    assert isinstance(refused, Decision)
    assert (refused.admitted, refused.policy) == (False, 1)
    assert isinstance(limits.count(first, in_shadow), tuple)
    shadowed = limits.count(first, in_shadow)
    assert isinstance(shadowed, Decision)
    assert (shadowed.admitted, shadowed.shadowed) == (True, 1 << 2)
    # The address was charged each time.
    assert limits.check([(limits.key("address", b"a"), 0)]).remaining == 9 - 5


def test_a_policy_in_shadow_is_counted_and_refuses_nobody() -> None:
    limits = Limits(Table.in_process(), [hourly("new-rule", 1, shadow=True), hourly("address", 9)])
    key = limits.key("account", b"a")
    decisions = [limits.check([(key, 0), (key, 1)]) for _ in range(3)]
    assert [(decision.admitted, decision.shadowed) for decision in decisions] == [(True, 0), (True, 1), (True, 1)]


def test_keys_are_values() -> None:
    limits = Limits(Table.in_process(), [hourly("address", 3)])
    assert limits.key("address", b"a") == limits.key("address", b"a")
    different: set[LimitKey] = {limits.key("address", b"a"), limits.key("address", b"b"), limits.key("route", b"a")}
    assert len(different) == 3


def test_strangers_leave_room_for_those_who_are_proven() -> None:
    limits = Limits(Table.in_process(limits=16), [hourly("sign-in", 1), hourly("session", 1)])
    claims = [limits.check([(limits.key("claim", bytes([number])), 0)]).admitted for number in range(100)]
    # Half of the 32 entries, and one of those that found none.
    assert claims.count(True) == 16 + 1
    sessions = [limits.check([(limits.key("session", bytes([number])), 1)]).admitted for number in range(16)]
    assert sessions == [True] * 16


def test_a_table_has_one_set_of_policies() -> None:
    table = Table.in_process()
    Limits(table, [hourly("address", 3)])
    Limits(table, [hourly("address", 3)])
    with pytest.raises(PolicyRefused, match="another process of this table has other policies"):
        Limits(table, [hourly("address", 4)])


@pytest.mark.parametrize(
    ("count", "seconds", "burst", "sentence"),
    [
        (0, 1, 1, "must allow at least one request"),
        (3000, 1, 1, "allows more than 2000 requests a second"),
        (1, 86_400, 30, "more than a week"),
    ],
)
def test_a_policy_that_cannot_be_counted_is_refused(count: int, seconds: int, burst: int, sentence: str) -> None:
    with pytest.raises(PolicyRefused, match=sentence):
        Policy("address", count=count, seconds=seconds, burst=burst)


def test_a_check_that_makes_no_sense_is_a_mistake() -> None:
    limits = Limits(Table.in_process(), [hourly("address", 3)])
    key = limits.key("address", b"a")
    for debits in ([], [(key, 1)], [(key, 0)] * 17):
        with pytest.raises(ValueError, match="1 to 16 keys, each with one of the 1 policies"):
            limits.check(debits)
        with pytest.raises(ValueError, match="1 to 16 keys, each with one of the 1 policies"):
            limits.debits(debits)
    with pytest.raises(ValueError, match="a dimension is 'address'"):
        limits.key("planet", b"a")  # type: ignore[arg-type]
