"""The challenge: forty bytes that the bridge knows again without having kept them."""

from pathlib import Path

import pytest

from backend.ids import new_id
from backend.sealing import key_file
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import first
from bridge.gate.masters import Masters
from bridge.gate.sessions.challenge import CHALLENGE_BYTES, Challenges

EPOCH, BRIDGE_ID = "00000000000000ab", bytes(range(16))
START = 1_700_000_000.0


class Clock:
    now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    key_file.write(path, first(int(START) - 100))
    return path


def challenges(path: Path, clock: Clock) -> Challenges:
    # Each look at the ring is a look at the file.
    seconds = iter(range(1_000_000))
    return Challenges(Masters(KeyRing(path, lambda: next(seconds)), BRIDGE_ID, clock), clock)


def test_it_has_forty_bytes_and_holds_for_its_device(path: Path) -> None:
    made, clock, device = challenges(path, Clock()), Clock(), new_id()
    challenge = made.make(device, EPOCH)
    assert CHALLENGE_BYTES == len(challenge) == 40
    assert made.holds(challenge, device, EPOCH)
    # Another worker, or the same one after it was started anew, knows it too.
    assert challenges(path, clock).holds(challenge, device, EPOCH)


@pytest.mark.parametrize(("seconds", "holds"), [(0, True), (59.9, True), (60.1, False), (-4.9, True), (-5.1, False)])
def test_it_is_good_for_a_minute_and_for_what_clocks_differ(path: Path, seconds: float, *, holds: bool) -> None:
    clock, device = Clock(), new_id()
    made = challenges(path, clock)
    challenge = made.make(device, EPOCH)
    clock.now = START + seconds
    assert holds is made.holds(challenge, device, EPOCH)


def test_every_bit_of_it_counts(path: Path) -> None:
    made, device = challenges(path, Clock()), new_id()
    challenge = made.make(device, EPOCH)
    for bit in range(8 * len(challenge)):
        changed = bytearray(challenge)
        changed[bit // 8] ^= 1 << bit % 8
        assert not made.holds(bytes(changed), device, EPOCH)


def test_it_is_for_one_device_one_epoch_and_one_bridge(path: Path) -> None:
    made, device, clock = challenges(path, Clock()), new_id(), Clock()
    challenge = made.make(device, EPOCH)
    other = Challenges(Masters(KeyRing(path), bytes(16), clock), clock)
    assert [False, False, False] == [
        made.holds(challenge, new_id(), EPOCH),
        made.holds(challenge, device, "00000000000000ac"),
        other.holds(challenge, device, EPOCH),
    ]


@pytest.mark.parametrize("length", [0, 16, 39, 41])
def test_another_length_is_none(path: Path, length: int) -> None:
    made, device = challenges(path, Clock()), new_id()
    challenge = made.make(device, EPOCH) + b"\0"
    assert not made.holds(challenge[:length], device, EPOCH)


def test_one_from_before_a_rotation_still_holds(path: Path) -> None:
    made, device = challenges(path, Clock()), new_id()
    challenge = made.make(device, EPOCH)
    key_file.write(path, key_file.read(path).with_another(made_at=int(START) - 50, in_use=True))
    assert made.holds(challenge, device, EPOCH)
    assert 2 == made.make(device, EPOCH)[0]
