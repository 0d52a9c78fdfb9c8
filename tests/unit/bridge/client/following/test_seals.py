"""Nothing of a sealed stream is believed before its seal came, and nothing that the seal is not for."""

import base64
import hashlib
import hmac
import json

import pytest

from bridge.client.following.seals import MOST_UNSEALED_BYTES, MOST_UNSEALED_ITEMS, SealBroken, Seals
from core_rs import MacKey

KEY, NEXT_KEY = bytes(range(32)), bytes(range(1, 33))
OPENED_BY, OPENED_ANOTHER = (base64.b64encode(each * 32).decode() for each in (b"o", b"p"))


def frame(number: int) -> bytes:
    return json.dumps({"type": "message", "n": number}).encode()


def seal(
    *frames: bytes,
    counter: int = 1,
    key: bytes = KEY,
    stream: str = "s1",
    opened_by: str = OPENED_BY,
    items: int | None = None,
) -> bytes:
    """Made from the text of the protocol, by hashlib and hmac."""
    digests = (base64.b64encode(hashlib.sha256(each).digest()).decode() for each in frames)
    lines = "\n".join(("toolboxai-stream-1", stream, opened_by, str(counter), *digests))
    proof = base64.b64encode(hmac.new(key, lines.encode(), hashlib.sha256).digest()).decode()
    count = len(frames) if items is None else items
    return json.dumps({"type": "seal", "counter": counter, "items": count, "proof": proof}).encode()


@pytest.fixture
def seals() -> Seals:
    return Seals("s1", OPENED_BY, MacKey(KEY))


def numbers(seals: Seals, *given: bytes) -> list[list[int]]:
    """Give it these frames; return what may be believed after each."""
    return [[each.told.number("n") for each in seals.take(data)] for data in given]


def test_items_are_held_until_their_seal_has_come(seals: Seals) -> None:
    one, two, three = frame(1), frame(2), frame(3)

    assert [[], [], [1, 2], [], [3]] == numbers(seals, one, two, seal(one, two), three, seal(three, counter=2))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(seal(frame(1), key=NEXT_KEY), id="of another key"),
        pytest.param(seal(frame(1), stream="s2"), id="of another stream"),
        pytest.param(seal(frame(1), opened_by=OPENED_ANOTHER), id="of a stream that something else opened"),
        pytest.param(seal(frame(1), opened_by=""), id="of a stream that nothing opened"),
        pytest.param(seal(frame(1), counter=2), id="of a counter ahead"),
        pytest.param(seal(frame(1), counter=0), id="of a counter before"),
        pytest.param(seal(frame(2)), id="of another item"),
        pytest.param(seal(frame(1), frame(1)), id="of one item more"),
        pytest.param(seal(frame(1), items=2), id="that says one item more"),
        pytest.param(seal(), id="of nothing"),
        pytest.param(b'{"type":"seal","counter":1,"items":1,"proof":""}', id="without a proof"),
        pytest.param(b'{"type":"seal","counter":1,"items":1,"proof":"AAAA"}', id="with a short proof"),
        pytest.param(b'{"type":"seal","counter":true,"items":1,"proof":"AAAA"}', id="with a counter that is none"),
        pytest.param(b'{"type":"seal"}', id="without anything"),
        pytest.param(b"[]", id="that is no object"),
        pytest.param(b"{", id="that is no JSON"),
        pytest.param(b'{"type":"\xff"}', id="that is no UTF-8"),
        pytest.param(b"{}", id="without a type"),
    ],
)
def test_a_wrong_seal_ends_the_stream(seals: Seals, wrong: bytes) -> None:
    assert [[]] == numbers(seals, frame(1))

    with pytest.raises(SealBroken):
        seals.take(wrong)


def test_a_seal_is_good_once(seals: Seals) -> None:
    numbers(seals, frame(1), seal(frame(1)), frame(1))

    with pytest.raises(SealBroken, match="counter"):
        seals.take(seal(frame(1)))


def test_a_seal_of_nothing_is_none(seals: Seals) -> None:
    with pytest.raises(SealBroken, match="number of items"):
        seals.take(seal())


def test_another_session_takes_over_with_its_first_seal_and_the_old_one_seals_no_more(seals: Seals) -> None:
    seals.expect(MacKey(NEXT_KEY))

    assert [[], [1]] == numbers(seals, frame(1), seal(frame(1)))
    assert [[], [2]] == numbers(seals, frame(2), seal(frame(2), counter=2, key=NEXT_KEY))
    assert [[], [3]] == numbers(seals, frame(3), seal(frame(3), counter=3, key=NEXT_KEY))
    numbers(seals, frame(4))
    with pytest.raises(SealBroken, match="not the bridge's"):
        seals.take(seal(frame(4), counter=4))


def test_no_key_takes_over_that_was_not_asked_to(seals: Seals) -> None:
    numbers(seals, frame(1))

    with pytest.raises(SealBroken, match="not the bridge's"):
        seals.take(seal(frame(1), key=NEXT_KEY))


def test_so_many_items_may_wait_for_a_seal_and_no_more(seals: Seals) -> None:
    for number in range(MOST_UNSEALED_ITEMS):
        assert [] == seals.take(frame(number))

    with pytest.raises(SealBroken, match="too much"):
        seals.take(frame(0))


def test_so_many_bytes_may_wait_for_a_seal_and_no_more(seals: Seals) -> None:
    large = json.dumps({"type": "message", "data": "x" * 60_000}).encode()
    for _ in range(MOST_UNSEALED_BYTES // len(large)):
        assert [] == seals.take(large)

    with pytest.raises(SealBroken, match="too much"):
        seals.take(large)
