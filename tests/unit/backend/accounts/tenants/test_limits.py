"""What differs from the defaults is kept, and nothing else."""

from backend.accounts.tenants.limits import Limits, from_text, to_text


def test_only_what_differs_is_kept() -> None:
    assert "{}" == to_text(Limits())
    assert '{"classes":7}' == to_text(Limits(classes=7))


def test_what_was_kept_is_read_and_a_limit_of_another_release_is_left_aside() -> None:
    assert Limits(classes=7) == from_text(to_text(Limits(classes=7)))
    assert Limits(people=3) == from_text('{"people":3,"spaceships":9}')
