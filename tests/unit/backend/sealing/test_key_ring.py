"""The master keys as a running process holds them."""

from pathlib import Path

import pytest

from backend.accounts.audit.keys import NoSuchKey
from backend.sealing import key_file
from backend.sealing.key_ring import LOOKED_AT_SECONDS, KeyRing
from backend.sealing.master_keys import Purpose, UnknownVersion, first


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    key_file.write(tmp_path / "keys.json", first(0))
    return tmp_path / "keys.json"


def rotated(path: Path) -> None:
    key_file.write(path, key_file.read(path).with_another(made_at=1, in_use=True))


def test_a_rotation_is_acted_on_after_a_second(path: Path) -> None:
    clock = Clock()
    ring = KeyRing(path, clock)
    rotated(path)

    assert 1 == ring.newest_version()
    clock.now = LOOKED_AT_SECONDS
    assert 2 == ring.newest_version()


def test_a_version_that_another_process_made_is_looked_for_at_once(path: Path) -> None:
    ring = KeyRing(path, Clock())
    rotated(path)

    assert KeyRing(path).key(2, Purpose.WRAP) == ring.key(2, Purpose.WRAP)
    with pytest.raises(UnknownVersion):
        ring.key(3, Purpose.WRAP)


def test_a_file_that_goes_away_does_not_stop_who_has_read_it(path: Path) -> None:
    clock = Clock()
    ring = KeyRing(path, clock)
    path.unlink()
    clock.now = 10

    assert 1 == ring.newest_version()
    with pytest.raises(UnknownVersion):
        ring.key(2, Purpose.WRAP)


def test_a_text_is_found_by_digests_of_every_version(path: Path) -> None:
    old = KeyRing(path).digest("ada@school.example")
    rotated(path)
    ring = KeyRing(path)

    assert [ring.digest("ada@school.example"), old] == ring.digests("ada@school.example")
    assert ring.digest("a") != ring.digest("b")


def test_it_gives_the_audit_trail_its_keys(path: Path) -> None:
    rotated(path)
    ring = KeyRing(path)

    assert (2, 1) == (ring.current().version, ring.of(1).version)
    assert ring.current().secret != ring.of(1).secret
    assert 32 == len(ring.signing().public)
    with pytest.raises(NoSuchKey):
        ring.of(3)


def test_a_file_that_is_damaged_does_not_stop_who_has_read_it_and_is_told_of_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock, whole = Clock(), path.read_bytes()
    ring = KeyRing(path, clock)
    for content in (b"not a key file", b"nor is this"):
        path.write_bytes(content)
        clock.now += LOOKED_AT_SECONDS
        assert 1 == ring.newest_version()
        with pytest.raises(UnknownVersion):
            ring.key(2, Purpose.WRAP)
    assert ["the key file was changed and cannot be read"] == caplog.messages

    path.write_bytes(whole)
    rotated(path)
    clock.now += LOOKED_AT_SECONDS
    assert 2 == ring.newest_version()
