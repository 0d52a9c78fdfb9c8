"""Channels over a long poll: for where no stream can be had."""

import asyncio
from typing import Final

from bridge.client.answers import Answer
from bridge.client.doing import Doing
from bridge.client.errors import ClientError, NoAnswer
from bridge.client.fields import Fields, FieldWrong
from bridge.client.following.cursor import Cursor, read_cursor
from bridge.client.following.events import Live, Message, Reset, Stale
from bridge.client.following.followed import Followed
from bridge.client.following.items import Following, OfChannel, read_item
from bridge.client.following.position import Step
from bridge.client.following.road import MOST_IN_A_QUERY, first_of, wanted
from bridge.client.following.table import Table
from bridge.client.grants import wrong
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import SignedHead, reading
from bridge.client.transport import Lost, Transport
from bridge.client.waits import Waits

UPDATES_PATH: Final = "/v1/updates"
# How long the bridge holds an answer for something to come.
WAIT_SECONDS: Final = 20
SENDING_SECONDS: Final = 35.0
# For all sendings of one question, before whoever follows is told that nothing comes.
ANSWER_SECONDS: Final = 60.0
# An answer without news that came sooner was not held.
HELD_SECONDS: Final = 1.0


class PollRoad:
    most_channels = MOST_IN_A_QUERY

    def __init__(self, transport: Transport, keeper: SessionKeeper) -> None:
        self._transport = transport
        self._keeper = keeper
        self._doing: Doing | None = None

    async def carry(self, table: Table) -> None:
        """Ask again and again what is new, until nobody follows anything; see Road."""
        while len(table):
            table.changed.clear()
            # Who is new is not let wait for an answer that may be held; nothing of that answer was used.
            await first_of(self._polling(table), _changed(table))

    def failure(self, seconds: float) -> ClientError | None:
        """Return why nothing was answered so far."""
        return None if self._doing is None else self._doing.failure(seconds)

    async def _polling(self, table: Table) -> None:
        idle = Waits()
        while True:
            asked = tuple(table)
            loop = asyncio.get_running_loop()
            began_at = loop.time()
            is_new, wait = await self._take(await self._ask(asked), asked, table)
            if is_new:
                idle = Waits()
            elif loop.time() - began_at < HELD_SECONDS:
                # It was not held: whatever stands in the way is not asked for in a circle.
                wait = max(wait, idle.next_seconds())
            await asyncio.sleep(wait)

    async def _ask(self, asked: tuple[Followed, ...]) -> Answer:
        # Who is new is told at once where it begins.
        wait = WAIT_SECONDS if all(each.begun.is_set() for each in asked) else 0
        request = reading(f"{UPDATES_PATH}?follow={wanted(asked)}&wait={wait}")

        async def send(head: SignedHead) -> Answer:
            return await self._transport.send(request, head.headers, seconds=SENDING_SECONDS)

        self._doing = Doing(self._keeper, request, send)
        try:
            async with asyncio.timeout(ANSWER_SECONDS) as limit:
                return await self._doing.until_answered(limit)
        except (TimeoutError, NoAnswer):
            raise Lost(f"nothing was answered in {ANSWER_SECONDS:.0f} seconds") from None

    @staticmethod
    async def _take(answer: Answer, asked: tuple[Followed, ...], table: Table) -> tuple[bool, float]:
        """Return whether anything was new, and how long to wait before the next time."""
        try:
            told = Fields.read(answer.body)
            items, cursors = told.groups("items"), told.group("cursors")
            of_channels = _by_channel(items)
            is_new, wait = False, 0.0
            for each in asked:
                cursor = cursors.text_or_none(each.channel)
                for item in _completed(each, of_channels.get(each.channel, []), cursor):
                    step = await each.take(item, len(answer.body) // max(1, len(items)))
                    table.used += step is Step.USE and isinstance(item, Message)
                    is_new |= step is Step.USE
                    if step is Step.ANEW:
                        # The rest of it comes again.
                        wait = max(wait, each.anew_in_seconds)
                        break
        except FieldWrong as error:
            raise wrong(error) from None
        return is_new, wait


async def _changed(table: Table) -> None:
    await table.changed.wait()


def _by_channel(items: tuple[Fields, ...]) -> dict[str, list[OfChannel]]:
    found: dict[str, list[OfChannel]] = {}
    for told in items:
        item = read_item(told)
        if isinstance(item, OfChannel):
            found.setdefault(item.channel, []).append(item)
    return found


def _completed(followed: Followed, items: list[OfChannel], cursor: str | None) -> list[OfChannel]:
    """Return the items with what a stream says besides: where the channel begins, and where it stands now."""
    if cursor is None:
        return items
    if any(isinstance(each, Stale) for each in items):
        # Nobody knows whether this is all.
        return items
    says_where = any(isinstance(each, Following | Reset) for each in items)
    before = [] if says_where else [Following(followed.channel, _beginning(followed, items, cursor))]
    return [*before, *items, Live(followed.channel, cursor)]


def _beginning(followed: Followed, items: list[OfChannel], cursor: str) -> str:
    if followed.position.place is not None:
        return str(followed.position.place)
    for item in items:
        if isinstance(item, Message):
            first = read_cursor(item.cursor)
            return str(Cursor(first.epoch, first.offset - 1))
    return cursor
