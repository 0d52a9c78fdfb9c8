"""The judge of channels finds each thing that may go wrong, in made-up records, and nothing in those that are right."""

import pytest

from tests.chaos.channels.judge import (
    Begun,
    End,
    Event,
    Got,
    LeftOut,
    Place,
    Told,
    WasReset,
    delivered,
    faults_of,
    resets,
)

ONE, TWO = "00000000000000e1", "00000000000000e2"


def at(offset: int, epoch: str = ONE) -> Place:
    return Place(epoch, offset)


def got(offset: int, *, epoch: str = ONE, number: int | None = None, key: str | None = None) -> Got:
    return Got(at(offset, epoch), offset if number is None else number, key)


def test_what_is_right_is_passed() -> None:
    plain: list[Event] = [Begun(at(0)), got(1), got(2), Told(at(2)), Begun(at(2)), got(3)]

    assert [] == faults_of({"plain": plain, "late": [Begun(at(2)), got(3)]}, End(at(3), 3))
    assert 4 == delivered({"plain": plain, "late": [Begun(at(2)), got(3)]})


def test_a_reset_makes_a_gap_right() -> None:
    behind: list[Event] = [Begun(at(0)), got(1), WasReset(at(5), "behind"), Begun(at(5)), got(6)]

    assert [] == faults_of({"behind": behind}, End(at(6), 6))
    assert {"behind": 1} == resets({"behind": behind})


def test_another_epoch_may_tell_of_a_commit_again_or_of_later_ones_only() -> None:
    again: list[Event] = [Begun(at(0)), got(1), got(2), WasReset(at(0, TWO), "epoch"), got(1, epoch=TWO, number=2)]
    assert [] == faults_of({"again": again}, End(at(1, TWO), 2))

    later: list[Event] = [Begun(at(0)), got(1), got(2), WasReset(at(0, TWO), "epoch"), got(1, epoch=TWO, number=9)]
    assert [] == faults_of({"later": later}, End(at(1, TWO), 9))


def test_what_has_a_later_message_of_its_key_may_be_left_out() -> None:
    fast: list[Event] = [Begun(at(0)), got(1, key="a"), got(2, key="b"), got(3, key="a")]
    slow: list[Event] = [Begun(at(0)), LeftOut((1,)), got(2, key="b"), got(3, key="a")]
    # It left before the later one came, and what was left out came then.
    cut: list[Event] = [Begun(at(0)), LeftOut((1,)), Begun(at(0)), got(1, key="a"), got(2, key="b"), got(3, key="a")]

    assert [] == faults_of({"fast": fast, "slow": slow, "cut": cut}, End(at(3), 3))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([Begun(at(0)), got(1), got(3)], "a gap from 2 to 2"),
        ([Begun(at(0)), got(1), got(2), got(2), got(3)], f"{ONE}.2 came after {ONE}.2"),
        ([Begun(at(0)), got(1), got(3), got(2), got(3)], f"{ONE}.2 came after {ONE}.3"),
        ([Begun(at(2, TWO)), got(3)], "of another epoch"),
        ([Begun(at(0)), got(1), WasReset(at(2), "behind"), got(2), got(3)], f"{ONE}.2 came after {ONE}.2"),
        ([Begun(at(0)), got(1), WasReset(at(2, TWO), "epoch"), got(3)], "of another epoch"),
        ([Begun(at(0)), got(1), got(2), Begun(at(1)), got(2), got(3)], f"begun at {ONE}.1, and stood at {ONE}.2"),
        ([got(3)], "before a beginning"),
        ([Begun(at(2)), Got(at(3), 3, is_proven=False)], "was not proven"),
        ([Begun(at(2)), WasReset(at(1), "ahead"), got(2), got(3)], "said never to have been"),
        ([Begun(at(1)), WasReset(at(2), "epoch"), got(3)], "reset to another epoch"),
        ([Begun(at(2)), WasReset(at(1), "behind"), got(2), got(3)], "reset as behind"),
        ([Begun(at(1)), WasReset(at(0, TWO), "epoch"), WasReset(at(2), "epoch"), got(3)], "an epoch that was over"),
        ([Begun(at(2)), got(3), Told(at(2))], "told to stand at"),
        ([Begun(at(1)), LeftOut((2,)), got(3)], "2 was left out, which has no key"),
        ([Begun(at(2)), got(3), LeftOut((2,))], "2 was left out after"),
        ([Begun(at(1)), got(2)], "ended at"),
        ([Begun(at(2)), got(3), WasReset(at(0, TWO), "epoch")], "ended at"),
        ([Begun(at(2)), Got(at(3), 4)], "where another got 3"),
        ([Begun(at(2)), Got(at(3), 3, "key")], "where another got 3"),
        ([Begun(at(0)), got(1), Got(at(2), 1), got(3)], "commit 1 at"),
        ([], "ended at None"),
    ],
    ids=str,
)
def test_what_is_wrong_is_found(wrong: list[Event], said: str) -> None:
    right: list[Event] = [Begun(at(0)), got(1), got(2), got(3)]

    found = faults_of({"right": right, "wrong": wrong}, End(at(3), 3))

    assert [fault for fault in found if fault.startswith("wrong: ") and said in fault], found
    assert [] == [fault for fault in found if fault.startswith("right: ")]


def test_a_commit_that_stands_twice_in_an_epoch_is_found() -> None:
    twice: list[Event] = [Begun(at(0)), got(1), got(2, number=2), got(3, number=2)]

    found = faults_of({"one": twice, "two": twice}, End(at(3), 2))

    assert [f"all: commit 2 at {ONE}.3 follows 2 at {ONE}.2"] == [each for each in found if each.startswith("all")]


def test_a_key_that_is_left_out_for_good_is_found() -> None:
    fast: list[Event] = [Begun(at(0)), got(1, key="a"), got(2, key="b")]
    slow: list[Event] = [Begun(at(0)), LeftOut((1,)), got(2, key="b")]

    assert ["slow: 1 was left out, and nothing later of its key a came"] == faults_of(
        {"fast": fast, "slow": slow}, End(at(2), 2)
    )
