"""The versions of the master key."""

import pytest

from backend.sealing.master_keys import KeysRefused, MasterKey, MasterKeys, Purpose, UnknownVersion, first


def test_each_use_has_a_key_of_its_own() -> None:
    key = first(0).newest

    assert len(Purpose) == len({key.made_for(purpose) for purpose in Purpose})
    assert key.made_for(Purpose.WRAP) == key.made_for(Purpose.WRAP)


def test_another_version_is_used_from_then_on_and_the_old_one_stays() -> None:
    keys = first(0).with_another(made_at=1, in_use=True)

    assert (2, [1, 2]) == (keys.newest.version, [key.version for key in keys.keys])
    assert keys.of(1).secret != keys.of(2).secret


def test_one_that_waits_is_known_and_not_used() -> None:
    keys = first(0).with_another(made_at=1, in_use=False)

    assert (1, 2) == (keys.newest.version, keys.of(2).version)
    assert 2 == keys.with_last_in_use().newest.version
    with pytest.raises(KeysRefused, match="version 2 is waiting"):
        keys.with_another(made_at=2, in_use=True)


def test_the_one_in_use_does_not_go() -> None:
    keys = first(0).with_another(made_at=1, in_use=True)

    assert [2] == [key.version for key in keys.without(1).keys]
    with pytest.raises(KeysRefused, match="version 2 is the one in use"):
        keys.without(2)
    with pytest.raises(UnknownVersion):
        keys.without(3)


@pytest.mark.parametrize(
    ("versions", "in_use"), [((2, 1), True), ((1, 1), True), ((0,), True), ((1,), False), ((), True)]
)
def test_keys_that_contradict_each_other_are_refused(versions: tuple[int, ...], in_use: bool) -> None:  # noqa: FBT001
    with pytest.raises(KeysRefused):
        MasterKeys(tuple(MasterKey(version, 0, in_use, bytes(32)) for version in versions))


def test_a_key_does_not_show_itself() -> None:
    key = first(0).newest

    assert key.secret.hex() not in repr(first(0)) + repr(key)
    assert repr(key.secret) not in repr(key)
