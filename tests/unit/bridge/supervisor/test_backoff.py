from bridge.supervisor.backoff import LONGEST_DELAY_SECONDS, START_FAILURES_LIMIT, STEADY_SECONDS, Backoff


def test_the_delay_doubles_up_to_a_limit() -> None:
    backoff = Backoff()

    assert [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0] == [backoff.ended(1) for _ in range(8)]


def test_the_delay_stays_at_its_limit_however_often_a_worker_ends() -> None:
    backoff = Backoff()

    assert {LONGEST_DELAY_SECONDS} == {backoff.ended(1) for _ in range(3000)} - {0.1, 0.2, 0.4, 0.8, 1.6, 3.2}


def test_a_steady_time_begins_the_delays_anew() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.ended(1)

    assert backoff.ended(STEADY_SECONDS) == 0.1


def test_failures_before_ready_in_a_row_are_hopeless() -> None:
    backoff = Backoff()

    for _ in range(START_FAILURES_LIMIT - 1):
        backoff.ended(None)
    assert not backoff.hopeless

    backoff.ended(None)
    assert backoff.hopeless


def test_a_worker_that_was_ready_once_gives_new_hope() -> None:
    backoff = Backoff()

    for _ in range(START_FAILURES_LIMIT - 1):
        backoff.ended(None)
    backoff.ended(0.1)
    backoff.ended(None)

    assert not backoff.hopeless
