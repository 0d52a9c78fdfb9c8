import pytest

from backend.errors import InvalidRequest
from bridge.realtime.places import MOST_WANTED, read_wanted


def test_channels_are_read_with_their_places() -> None:
    assert [("a", "earliest"), ("b/c", "0.1")] == list(read_wanted("a@earliest,b/c@0.1"))


def test_a_channel_without_a_place_begins_now() -> None:
    assert [("a", "latest"), ("b", "latest")] == list(read_wanted("a,b@"))


def test_sixteen_channels_are_the_most() -> None:
    names = [f"channel{number}" for number in range(MOST_WANTED + 1)]

    assert 16 == len(read_wanted(",".join(names[:-1])))
    with pytest.raises(InvalidRequest, match="Follow 1 to 16 channels, each once"):
        read_wanted(",".join(names))


def test_a_channel_stands_once() -> None:
    with pytest.raises(InvalidRequest, match="each once"):
        read_wanted("a@earliest,a@latest")
