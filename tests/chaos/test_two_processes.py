"""Two processes that write the same database at once."""

import time

import pytest

from backend.db.config import DatabaseConfig
from tests.chaos.writing import Writing, assert_nothing_kept_is_lost, writing

WORST_SECONDS = 0.25


def write_at_once(config: DatabaseConfig, seconds: float) -> tuple[Writing, Writing]:
    with writing(config, "a") as one, writing(config, "b") as other:
        time.sleep(seconds)  # the length of the measurement
        others = len(other.kept)
    assert others > 0
    return one, other


async def test_neither_of_two_writing_processes_is_refused(ledger_config: DatabaseConfig) -> None:
    told = write_at_once(ledger_config, 2)

    assert [one.reasons for one in told] == [set(), set()]
    assert min(len(one.kept) for one in told) * 4 > max(len(one.kept) for one in told), "one starves the other"
    await assert_nothing_kept_is_lost(ledger_config, *told)


@pytest.mark.proof
@pytest.mark.timeout(300)
async def test_for_a_minute_neither_waits_for_long(sqlite_ledger: DatabaseConfig) -> None:
    told = write_at_once(sqlite_ledger, 60)

    assert [one.reasons for one in told] == [set(), set()]
    assert max(one.worst_seconds for one in told) <= WORST_SECONDS
    await assert_nothing_kept_is_lost(sqlite_ledger, *told)
