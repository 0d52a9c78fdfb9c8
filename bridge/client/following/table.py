"""The channels that one client follows over one road, and word of each change."""

import asyncio
from collections.abc import Iterator

from bridge.client.following.followed import Followed


class Table:
    def __init__(self) -> None:
        self._followed: dict[str, Followed] = {}
        # Set with each change; whoever carries the channels clears it.
        self.changed = asyncio.Event()
        # How many messages were used: what shows that a road leads somewhere.
        self.used = 0

    def __len__(self) -> int:
        return len(self._followed)

    def __iter__(self) -> Iterator[Followed]:
        return iter(tuple(self._followed.values()))

    def get(self, channel: str) -> Followed | None:
        return self._followed.get(channel)

    def has(self, followed: Followed) -> bool:
        return self._followed.get(followed.channel) is followed

    def add(self, followed: Followed) -> None:
        self._followed[followed.channel] = followed
        self.changed.set()

    def remove(self, followed: Followed) -> None:
        if self.has(followed):
            del self._followed[followed.channel]
            followed.gone.set()
            self.changed.set()
