"""Who is present costs the same for each that comes, however many are there."""

from bridge.realtime.engines.engine import Present
from bridge.realtime.engines.memory_presence import MemoryPresence

MANY = 1_000


class CountedTime(float):
    """A time that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: float) -> bool:
        CountedTime.compared += 1
        return float(self) < other


def somebody(number: int) -> Present:
    return Present(f"device.{number}", "device", number)


def test_whoever_comes_or_stays_makes_nobody_look_at_all_the_others() -> None:
    there = MemoryPresence()
    for _ in range(2):
        for number in range(MANY):
            there.enter("a", somebody(number), now=CountedTime(1), seconds=60)

    assert 2 * MANY == CountedTime.compared
    assert MANY == len(there.present("a", now=2))


def test_whoever_was_not_told_of_again_is_forgotten_and_the_others_stay() -> None:
    there = MemoryPresence()
    for number in range(3):
        there.enter("a", somebody(number), now=0, seconds=60)
    there.enter("a", somebody(0), now=50, seconds=60)

    assert [somebody(0)] == there.present("a", now=61)
    assert [] == there.present("a", now=110)


def test_one_who_stays_longer_keeps_nobody_else() -> None:
    there = MemoryPresence()
    there.enter("a", somebody(0), now=0, seconds=100)
    there.enter("a", somebody(1), now=0, seconds=10)

    assert [somebody(0)] == there.present("a", now=11)
