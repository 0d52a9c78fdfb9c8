"""The master keys as the gate uses them."""

from pathlib import Path

import pytest

from backend.sealing import key_file
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import MasterKeys, UnknownVersion, made
from bridge.gate.masters import SETTLED_SECONDS, Masters

NOW = 1_700_000_000
BRIDGE_ID = bytes(16)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def masters(path: Path, *keys: tuple[int, int, bool], now: float = NOW) -> Masters:
    """Return those of a file with versions, made so many seconds ago, in use or not."""
    key_file.write(path, MasterKeys(tuple(made(version, NOW - ago, in_use=used) for version, ago, used in keys)))
    seconds = iter(range(1_000_000))
    return Masters(KeyRing(path, lambda: next(seconds)), BRIDGE_ID, lambda: now)


def test_the_newest_is_used_once_every_process_has_read_it(path: Path) -> None:
    assert 1 == masters(path, (1, 1000, True), (2, int(SETTLED_SECONDS) - 1, True)).newest()
    assert 2 == masters(path, (1, 1000, True), (2, int(SETTLED_SECONDS), True)).newest()


def test_the_first_is_used_at_once(path: Path) -> None:
    assert 1 == masters(path, (1, 0, True)).newest()


def test_one_that_waits_is_read_and_not_used(path: Path) -> None:
    found = masters(path, (1, 1000, True), (2, 900, False))
    assert 1 == found.newest()
    assert [1, 2] == list(found.all())


def test_a_clock_that_was_set_back_takes_an_older_one(path: Path) -> None:
    assert 1 == masters(path, (1, 1000, True), (2, 500, True), now=NOW - 600).newest()


def test_the_one_before_is_the_nearest_that_is_still_there(path: Path) -> None:
    found = masters(path, (1, 1000, True), (3, 900, True), (4, 800, True))
    assert [None, 1, 3] == [found.before(version) for version in (1, 3, 4)]


def test_a_version_that_was_taken_out_gives_nothing_any_more(path: Path) -> None:
    found = masters(path, (1, 1000, True), (2, 900, True))
    device = "0" * 26
    found.device_key(1, device, 1)
    found.grant_seed(1)
    found.challenges(1)
    key_file.write(path, key_file.read(path).without(1))
    for ask in (
        lambda: found.device_key(1, device, 1),
        lambda: found.grant_seed(1),
        lambda: found.challenges(1),
        lambda: found.key(1),
    ):
        with pytest.raises(UnknownVersion):
            ask()
