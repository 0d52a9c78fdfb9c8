"""What one follower writes down: every item that was proven, channel by channel, for the judge."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tests.chaos.channels.judge import Begun, Event, Got, LeftOut, Place, Told, WasReset


class StreamOver(Exception):
    """The stream is over, or has to be followed anew; told why, and when to come back."""

    def __init__(self, code: str, wait_seconds: float = 0.0) -> None:
        super().__init__(code)
        self.code = code
        self.wait_seconds = wait_seconds


def place_of(cursor: str) -> Place:
    epoch, _, offset = cursor.partition(".")
    return Place(epoch, int(offset))


class Notebook:
    def __init__(self, channels: Sequence[str]) -> None:
        self.events: dict[str, list[Event]] = {channel: [] for channel in channels}
        self.places: dict[str, Place] = {}
        # The commit that the last message of each channel told of.
        self.numbers: dict[str, int] = dict.fromkeys(channels, 0)
        self.items: Counter[str] = Counter()

    def follow(self) -> str:
        """Return where to begin, as a client that goes by its last cursors."""
        return ",".join(f"{channel}@{self.places.get(channel, 'latest')}" for channel in self.events)

    def has_come_to(self, numbers: Mapping[str, int]) -> bool:
        """Whether a message has told of these commits, or of later ones."""
        return all(self.numbers[channel] >= number for channel, number in numbers.items())

    def take(self, item: Mapping[str, Any]) -> None:
        """Write an item down; StreamOver where the stream ends with it, or one of its channels is not followed."""
        kind = item["type"]
        self.items[kind] += 1
        if kind == "message":
            channel, place = item["channel"], place_of(item["cursor"])
            number = item["data"]["number"]
            assert not item["data"]["padding"].strip("x"), "what was forged was believed"
            self.numbers[channel] = number
            self._write(channel, Got(place, number, item["key"]))
        elif kind == "following":
            self._write(item["channel"], Begun(place_of(item["cursor"])))
        elif kind == "reset":
            self._write(item["channel"], WasReset(place_of(item["cursor"]), item["reason"]))
        elif kind == "coalesced":
            self.events[item["channel"]].append(LeftOut(tuple(item["offsets"])))
        elif kind == "live":
            self.told({item["channel"]: item["cursor"]})
        elif kind == "bye":
            self.told(item["cursors"])
            raise StreamOver(item["code"], item["retry_after_seconds"])
        elif kind == "denied":
            raise StreamOver(item["code"])
        else:
            assert kind in {"welcome", "stale"}, item

    def told(self, cursors: Mapping[str, str]) -> None:
        """Write down where the bridge says that we stand."""
        for channel, cursor in cursors.items():
            self.events[channel].append(Told(place_of(cursor)))

    def _write(self, channel: str, event: Begun | Got | WasReset) -> None:
        self.places[channel] = event.at
        self.events[channel].append(event)
