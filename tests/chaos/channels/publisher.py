"""Tells channels something as the product does: rows of the outbox, in units of the database, from another process."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Final

from backend.db.fresh import JsonValue
from backend.db.unit import Database, Transaction
from bridge.realtime.publishing import publish

KEYS: Final = 5
# So many letters a message has beside its number.
PADDING: Final = 40


class Publisher:
    """Each message says which commit of its channel it tells of; `keyed` are the channels whose messages are states."""

    def __init__(
        self, database: Database, channels: Sequence[str], keyed: Sequence[str], chance: random.Random
    ) -> None:
        self._database = database
        self._channels = tuple(sorted(channels))
        self._keyed = frozenset(keyed)
        self._chance = chance
        # A number is of the commit before the next one is given out.
        self._one_by_one = asyncio.Lock()
        # The last commit of each channel that was kept.
        self.committed = dict.fromkeys(self._channels, 0)

    async def commit(self, units: int) -> None:
        """Keep so many units, each of which tells some channels something, some of them twice."""
        for _ in range(units):
            chosen = [channel for channel in self._channels if self._chance.random() < 0.7]
            await self._unit({channel: self._chance.choice((1, 1, 2)) for channel in chosen})

    async def commit_each(self) -> None:
        """Tell every channel something."""
        await self._unit(dict.fromkeys(self._channels, 1))

    async def flood(self, messages: int, padding: int) -> None:
        """Tell every channel so much, at once."""
        await self._unit(dict.fromkeys(self._channels, messages), padding)

    async def _unit(self, times: Mapping[str, int], padding: int = PADDING) -> None:
        async with self._one_by_one:
            await self._numbered(times, "x" * padding)

    async def _numbered(self, times: Mapping[str, int], padding: str) -> None:
        told: list[tuple[str, JsonValue, str | None]] = []
        numbers = dict(self.committed)
        for channel, count in times.items():
            for _ in range(count):
                numbers[channel] = number = numbers[channel] + 1
                key = f"key-{number % KEYS}" if channel in self._keyed else None
                told.append((channel, {"number": number, "padding": padding}, key))

        async def unit(tx: Transaction) -> None:
            for channel, data, key in told:
                await publish(tx, channel, data, key=key)

        await self._database.write(unit)
        self.committed = numbers
