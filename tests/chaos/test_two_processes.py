"""Two processes that write the same database at once."""

import time
from dataclasses import dataclass

import pytest

from backend.db.config import DatabaseConfig
from tests.chaos.writing import Writing, assert_nothing_kept_is_lost, writing

WORST_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Two that wrote, and how much each kept while both did."""

    told: tuple[Writing, Writing]
    kept: tuple[int, int]


def write_at_once(config: DatabaseConfig, seconds: float) -> AtOnce:
    with writing(config, "a") as one, writing(config, "b") as other:
        # The first has had the database for itself for as long as the second took to start.
        other.more_kept(1)
        before = len(one.kept), len(other.kept)
        time.sleep(seconds)  # the length of the measurement
        kept = len(one.kept) - before[0], len(other.kept) - before[1]
    return AtOnce((one, other), kept)


async def test_neither_of_two_writing_processes_is_refused(ledger_config: DatabaseConfig) -> None:
    both = write_at_once(ledger_config, 2)

    assert [one.reasons for one in both.told] == [set(), set()]
    assert min(both.kept) * 4 > max(both.kept), "one starves the other"
    await assert_nothing_kept_is_lost(ledger_config, *both.told)


@pytest.mark.proof
@pytest.mark.timeout(300)
async def test_for_a_minute_neither_waits_for_long(sqlite_ledger: DatabaseConfig) -> None:
    both = write_at_once(sqlite_ledger, 60)

    assert [one.reasons for one in both.told] == [set(), set()]
    assert max(one.worst_seconds for one in both.told) <= WORST_SECONDS
    await assert_nothing_kept_is_lost(sqlite_ledger, *both.told)
