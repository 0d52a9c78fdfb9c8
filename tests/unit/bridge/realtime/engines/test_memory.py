"""Channels in the memory of one worker: what the clock and its bounds do to them."""

from dataclasses import dataclass

import pytest

from backend.errors import LimitReached, StoreUnavailable
from bridge.realtime.engines.engine import Present
from bridge.realtime.engines.memory import MemoryEngine
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import Message, NewMessage

ONE = NewMessage(b"1")
LIMITS = HistoryLimits(age_seconds=10, idle_seconds=100, idempotency_seconds=20)


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> MemoryEngine:
    return MemoryEngine(LIMITS, channels_most=3, remembered_most=2, clock=clock)


class Ears:
    def __init__(self) -> None:
        self.heard: list[Message] = []

    def arrived(self, message: Message) -> None:
        self.heard.append(message)

    def lost(self) -> None:
        raise AssertionError("memory is never away")

    found = lost


async def test_whoever_listens_was_told_when_a_publish_returns(engine: MemoryEngine) -> None:
    ears = Ears()
    await engine.start(ears)
    await engine.listen("a")
    cursor = (await engine.publish("a", ONE)).cursor

    assert [cursor] == [message.cursor for message in ears.heard]


async def test_a_message_is_kept_for_its_time_to_the_second(engine: MemoryEngine, clock: Clock) -> None:
    await engine.publish("a", ONE)
    clock.now += 5
    await engine.publish("a", NewMessage(b"2"))
    clock.now += 4.9
    assert [b"1", b"2"] == [message.data for message in (await engine.read("a")).messages]
    clock.now += 0.1
    assert [b"2"] == [message.data for message in (await engine.read("a")).messages]
    clock.now += 50
    assert [b"2"] == [message.data for message in (await engine.read("a")).messages]


async def test_a_channel_is_forgotten_when_it_was_idle_for_its_time(engine: MemoryEngine, clock: Clock) -> None:
    first = (await engine.publish("a", ONE)).cursor
    await engine.listen("a")
    clock.now += 99
    assert first == (await engine.read("a")).top
    clock.now += 1
    assert first.epoch != (await engine.tops(["a"]))["a"].epoch


async def test_the_channel_that_was_idle_the_longest_makes_room_for_a_new_one(
    engine: MemoryEngine, clock: Clock
) -> None:
    tops = {channel: (await engine.publish(channel, ONE)).cursor for channel in ("a", "b", "c")}
    await engine.publish("a", ONE)
    clock.now += 11
    await engine.publish("d", ONE)

    assert 2 == (await engine.read("a")).top.offset
    assert tops["c"] == (await engine.read("c")).top
    assert tops["b"].epoch != (await engine.read("b")).top.epoch


async def test_no_channel_of_use_to_anybody_makes_room(engine: MemoryEngine, clock: Clock) -> None:
    await engine.publish("listened", ONE)
    await engine.listen("listened")
    await engine.publish("state", NewMessage(b"on", "lights"))
    await engine.publish("present", ONE)
    await engine.enter("present", Present("s1", "device", 1), seconds=60)
    clock.now += 11
    with pytest.raises(LimitReached, match="3 channels"):
        await engine.publish("d", ONE)
    assert 0 == len((await engine.read("d")).messages)
    assert (await engine.read("d")).top != (await engine.read("d")).top

    await engine.leave("present", "s1")
    assert 1 == (await engine.publish("d", ONE)).cursor.offset


async def test_a_channel_whose_messages_are_not_old_yet_makes_no_room(engine: MemoryEngine, clock: Clock) -> None:
    for channel in ("a", "b", "c"):
        await engine.publish(channel, ONE)
    clock.now += 10
    with pytest.raises(LimitReached):
        await engine.publish("d", ONE)
    assert 1 == (await engine.read("a")).top.offset


async def test_more_idempotency_keys_than_there_is_room_for_are_refused_and_none_is_forgotten(
    engine: MemoryEngine, clock: Clock
) -> None:
    once = [NewMessage(b"1", idempotency_key=name) for name in ("one", "two", "three")]
    await engine.publish("a", once[0])
    clock.now += 5
    await engine.publish("a", once[1])
    with pytest.raises(StoreUnavailable) as caught:
        await engine.publish("a", once[2])

    assert "Retry-After" == caught.value.headers[0][0]
    assert [True, True] == [(await engine.publish("a", each)).is_repeat for each in once[:2]]
    assert 3 == (await engine.publish("a", ONE)).cursor.offset
    clock.now += 15
    assert not (await engine.publish("a", once[2])).is_repeat
    with pytest.raises(StoreUnavailable):
        await engine.publish("a", once[0])
    assert (await engine.publish("a", once[1])).is_repeat


async def test_whoever_went_without_a_word_is_forgotten_though_nobody_looks(engine: MemoryEngine, clock: Clock) -> None:
    for number in range(50):
        await engine.enter(f"left {number}", Present("s1", "device", 1), seconds=10)
    clock.now += 10
    for _ in range(51):
        await engine.enter("a", Present("s1", "device", 1), seconds=10)

    assert ["a"] == list(engine._presence._channels)
