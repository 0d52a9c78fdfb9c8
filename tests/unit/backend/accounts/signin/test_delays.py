"""Whoever guesses is slowed down, wherever from; whose account it is gets in, and nobody is locked out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.signin import delays
from backend.accounts.signin.delays import Counter, Counters, Rule, after_success, counted, wait_seconds

START = 1_800_000_000.0
DAY = 86400.0
RULES = (
    ("account x network", delays.ACCOUNT_AND_NETWORK),
    ("account, from all networks", delays.ACCOUNT),
    ("network, for all accounts", delays.NETWORK),
    ("everybody", delays.EVERYBODY),
    ("known device of the account", delays.KNOWN_DEVICE),
    ("second factor of the account", delays.SECOND_FACTOR),
)
TIMES = st.floats(0, 2e9)
COUNTERS = st.builds(Counter, st.floats(0, 1e6), TIMES)


def tried(rule: Rule, times: int, now: float = START) -> Counter:
    counter = delays.FRESH
    for _ in range(times):
        counter = rule.counted(counter, now)
    return counter


def guesses_taken(rule: Rule, seconds: float) -> int:
    """How many tries somebody gets who never tires and never comes too early."""
    counter, now, taken = delays.FRESH, START, 0
    while now < START + seconds:
        counter = rule.counted(counter, now)
        taken += 1
        now += rule.wait_seconds(counter, now) or 0.001
    return taken


def hammered(now: float) -> Counters:
    """Somebody guessed at one account from everywhere, this network too, until a moment ago."""
    return Counters(*(Counter(1e6, now) for _ in range(4)))


@pytest.mark.parametrize(("name", "rule"), RULES)
def test_the_table_in_the_doc_is_the_policy(name: str, rule: Rule) -> None:
    rows = {
        cells[0]: cells[1:] for line in (delays.__doc__ or "").splitlines() if (cells := line.strip("| ").split(" | "))
    }

    assert rows[name] == [
        f"{rule.free_tries}",
        f"{rule.first_seconds:g} s",
        f"{rule.longest_seconds:g} s",
        f"{rule.forgotten_seconds:g} s",
    ]


@pytest.mark.parametrize(("_", "rule"), RULES)
def test_the_free_tries_do_not_wait_and_the_next_one_does(_: str, rule: Rule) -> None:
    assert rule.wait_seconds(tried(rule, rule.free_tries - 1), START) == 0
    assert rule.wait_seconds(tried(rule, rule.free_tries), START) == rule.first_seconds


@pytest.mark.parametrize(("_", "rule"), RULES)
def test_each_try_doubles_the_wait_up_to_its_cap(_: str, rule: Rule) -> None:
    waits = [rule.wait_seconds(tried(rule, rule.free_tries + more), START) for more in range(20)]

    assert waits == [min(rule.first_seconds * 2**more, rule.longest_seconds) for more in range(20)]
    assert waits[-1] == rule.longest_seconds


@given(counter=COUNTERS, now=TIMES, later=st.floats(0, 1e9), rule=st.sampled_from([rule for _, rule in RULES]))
def test_no_wait_is_longer_than_its_cap_and_it_only_gets_shorter(
    counter: Counter, now: float, later: float, rule: Rule
) -> None:
    wait = rule.wait_seconds(counter, now)

    assert 0 <= rule.wait_seconds(counter, now + later) <= wait <= rule.longest_seconds


@given(counter=COUNTERS, now=TIMES, rule=st.sampled_from([rule for _, rule in RULES]))
def test_who_waits_as_long_as_told_is_taken(counter: Counter, now: float, rule: Rule) -> None:
    wait = rule.wait_seconds(counter, now)

    assert rule.wait_seconds(counter, max(now, counter.last_seconds) + wait + 1e-6) == 0


def test_a_number_without_end_of_tries_is_a_wait_and_no_fault() -> None:
    assert delays.ACCOUNT.wait_seconds(Counter(1e300, START), START) == 30


def test_tries_are_forgotten_one_by_one() -> None:
    counter = tried(delays.ACCOUNT_AND_NETWORK, 8)

    after_two = delays.ACCOUNT_AND_NETWORK.counted(counter, START + 2 * 1800)
    assert after_two.tries == pytest.approx(7)
    assert delays.ACCOUNT_AND_NETWORK.counted(counter, START + DAY) == Counter(1, START + DAY)


def test_a_clock_that_was_set_back_frees_nobody_and_keeps_nobody_longer_than_the_cap() -> None:
    counter = tried(delays.ACCOUNT, 40)

    assert delays.ACCOUNT.wait_seconds(counter, START - DAY) == 30
    assert delays.ACCOUNT.counted(counter, START - DAY) == Counter(41, START)


@pytest.mark.parametrize(
    ("rule", "most_a_day"),
    [
        (delays.ACCOUNT_AND_NETWORK, 110),
        (delays.ACCOUNT, 2950),
        (delays.SECOND_FACTOR, 110),
        (delays.KNOWN_DEVICE, 110),
    ],
)
def test_guessing_without_tiring_gets_so_many_tries_a_day(rule: Rule, most_a_day: int) -> None:
    assert guesses_taken(rule, DAY) <= most_a_day


def test_from_everywhere_an_account_is_tried_twice_a_minute_and_no_more() -> None:
    guessed = Counters(account=tried(delays.ACCOUNT, 100))

    assert wait_seconds(guessed, START) == 30
    assert wait_seconds(guessed, START + 30) == 0


def test_from_one_network_an_account_waits_for_a_quarter_of_an_hour() -> None:
    guessed = Counters(account_and_network=tried(delays.ACCOUNT_AND_NETWORK, 100))

    assert wait_seconds(guessed, START) == 900
    assert wait_seconds(replace(guessed, account_and_network=delays.FRESH), START) == 0


def test_whoever_tries_many_accounts_is_slowed_down_by_network_and_by_all_networks() -> None:
    assert wait_seconds(Counters(network=tried(delays.NETWORK, 200)), START) == 1
    assert wait_seconds(Counters(everybody=tried(delays.EVERYBODY, 2000)), START) == 0.05


def test_of_several_waits_the_longest_is_the_one() -> None:
    assert wait_seconds(hammered(START), START) == 900
    assert wait_seconds(replace(hammered(START), account_and_network=delays.FRESH), START) == 30


def test_nobody_can_keep_the_owner_out_at_a_known_device() -> None:
    assert wait_seconds(hammered(START), START) > 0
    assert wait_seconds(replace(hammered(START), device=delays.FRESH), START) == 0


def test_tries_at_a_known_device_count_there_and_nowhere_else() -> None:
    counters = replace(hammered(START), device=delays.FRESH)

    assert replace(counters, device=Counter(1, START)) == counted(counters, START)
    assert wait_seconds(replace(counters, device=tried(delays.KNOWN_DEVICE, 100)), START) == 900


def test_a_try_counts_everywhere_before_it_is_known_to_be_wrong() -> None:
    once = Counter(1, START)

    assert Counters(once, once, once, once) == counted(Counters(), START)


def test_a_class_that_signs_in_from_one_network_does_not_slow_itself_down() -> None:
    counters = Counters()
    for pupil in range(500):
        now = START + pupil * 0.01
        assert wait_seconds(counters, now) == 0
        counters = after_success(
            counted(replace(counters, account_and_network=delays.FRESH, account=delays.FRESH), now)
        )


def test_the_owners_sign_in_gives_no_new_tries_to_who_guesses_elsewhere() -> None:
    guessed = Counters(
        account_and_network=tried(delays.ACCOUNT_AND_NETWORK, 3), account=tried(delays.ACCOUNT, 50), device=None
    )
    after = after_success(counted(guessed, START + 30))

    assert after.account_and_network == delays.FRESH
    assert after.account.tries >= 49
    assert wait_seconds(after, START + 30) == 30


def test_a_right_password_at_a_known_device_begins_its_counter_anew() -> None:
    counters = Counters(device=tried(delays.KNOWN_DEVICE, 4))

    assert Counters(device=delays.FRESH) == after_success(counted(counters, START))
