"""The bell: a hint after a commit that there is something new, rung once for what stands at one place."""

from dataclasses import dataclass, field

import pytest

from backend.db.fresh import OutboxRow
from backend.db.handlers import Handlers
from bridge.realtime import doorbell
from bridge.realtime.cursor import Cursor
from bridge.realtime.doorbell import KIND
from tests.fakes.held_engine import HeldEngine

CHANNEL = "game/0000000000000000000000000a/9801"


@dataclass
class Bell:
    rung: list[tuple[str, Cursor]] = field(default_factory=list)
    is_broken: bool = False

    async def ring(self, channel: str, cursor: Cursor) -> None:
        if self.is_broken:
            raise ConnectionError("nobody can be told")
        self.rung.append((channel, cursor))


class Scene:
    def __init__(self) -> None:
        self.engine, self.bell, handlers = HeldEngine(), Bell(), Handlers()
        doorbell.add_handler(handlers, lambda: self.engine, self.bell)
        self._handle = handlers[KIND].handler

    async def handle(self, row_id: int = 1) -> None:
        await self._handle(OutboxRow(row_id, None, KIND, None, {"channel": CHANNEL}, 1))


async def test_it_tells_where_the_channel_stands() -> None:
    scene = Scene()
    last = scene.engine.add(CHANNEL)
    await scene.handle()

    assert [(CHANNEL, last.cursor)] == scene.bell.rung


async def test_several_changes_that_stand_at_one_place_are_one_ring() -> None:
    scene = Scene()
    scene.engine.add(CHANNEL)
    for row_id in (1, 2, 3):
        await scene.handle(row_id)
    assert 1 == len(scene.bell.rung)

    scene.engine.add(CHANNEL)
    await scene.handle(4)
    assert 2 == len(scene.bell.rung)


async def test_a_ring_that_nobody_heard_is_tried_again() -> None:
    scene = Scene()
    scene.engine.add(CHANNEL)
    scene.bell.is_broken = True
    with pytest.raises(ConnectionError):
        await scene.handle()
    scene.bell.is_broken = False
    await scene.handle()

    assert 1 == len(scene.bell.rung)
