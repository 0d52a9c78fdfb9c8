import pytest

from bridge.breakers.breaker import Breaker, BreakerOpen, State


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("mail", open_seconds=10, failures=3, clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.enter()
        breaker.failed()


def is_let_through(breaker: Breaker) -> bool:
    try:
        breaker.enter()
    except BreakerOpen:
        return False
    return True


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert (State.CLOSED, True) == (breaker.state, is_let_through(breaker))

    breaker.failed()
    assert (State.OPEN, False, 1) == (breaker.state, is_let_through(breaker), breaker.openings)


def test_it_says_how_long_nobody_asks(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 4
    with pytest.raises(BreakerOpen, match=r"6\.0 s") as caught:
        breaker.enter()
    assert 6 == caught.value.seconds


def test_half_open_it_lets_one_try_and_closes_when_that_succeeds(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    assert State.HALF_OPEN is breaker.state
    assert [True, False, False] == [is_let_through(breaker) for _ in range(3)]

    breaker.succeeded()
    assert (State.CLOSED, 0, True) == (breaker.state, breaker.failures, is_let_through(breaker))


def test_a_try_that_fails_opens_it_for_as_long_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    fail(breaker, 1)
    clock.now += 9.9
    assert (State.OPEN, False, 2) == (breaker.state, is_let_through(breaker), breaker.openings)
    clock.now += 0.2
    assert is_let_through(breaker)


def test_those_under_way_when_it_opened_do_not_make_it_longer(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 9
    breaker.failed()
    clock.now += 1
    assert (State.HALF_OPEN, 1) == (breaker.state, breaker.openings)


def test_a_try_that_never_tells_keeps_the_way_shut_only_for_a_while(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 10
    assert [True, False] == [is_let_through(breaker) for _ in range(2)]
    clock.now += 10
    assert is_let_through(breaker)

    breaker.left()
    assert is_let_through(breaker)
