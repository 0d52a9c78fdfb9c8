from bridge.realtime.bucket import Bucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(bucket: Bucket, tries: int = 100) -> int:
    return sum(bucket.take() for _ in range(tries))


def test_so_many_are_taken_at_once_and_so_many_each_second() -> None:
    clock = Clock()
    bucket = Bucket(at_once=10, a_second=4, clock=clock)

    assert 10 == taken(bucket)
    clock.now += 0.5
    assert 2 == taken(bucket)
    clock.now += 2
    assert 8 == taken(bucket)


def test_what_was_not_used_does_not_add_up() -> None:
    clock = Clock()
    bucket = Bucket(at_once=10, a_second=4, clock=clock)
    clock.now += 3600

    assert 10 == taken(bucket)
