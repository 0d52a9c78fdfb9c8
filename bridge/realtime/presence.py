"""Who follows a channel: told to the engine by one task, so that no stream waits for it."""

import asyncio
import logging

from backend.errors import ServiceError
from bridge.realtime.engines.engine import Engine, Present
from bridge.realtime.timing import Timing
from bridge.wall_clock import now_milliseconds

_log = logging.getLogger(__name__)


class Presence:
    """A stream is present once in each channel that it follows."""

    def __init__(self, engine: Engine, timing: Timing) -> None:
        self._engine = engine
        self._timing = timing
        self._here: dict[tuple[str, str], Present] = {}
        self._to_tell: dict[tuple[str, str], None] = {}
        self._is_changed = asyncio.Event()

    def enters(self, channel: str, stream_id: str, *, kind: str, holder_id: str) -> None:
        present = Present(f"{holder_id}.{stream_id}", kind, now_milliseconds())
        self._here[channel, present.id] = present
        self._note(channel, present.id)

    def leaves(self, channel: str, stream_id: str, *, holder_id: str) -> None:
        present_id = f"{holder_id}.{stream_id}"
        if self._here.pop((channel, present_id), None) is not None:
            self._note(channel, present_id)

    async def telling(self) -> None:
        """Tell the engine of what changed, and of everybody now and then, until cancelled."""
        loop = asyncio.get_running_loop()
        whole_at = loop.time() + self._timing.told_seconds
        while True:
            try:
                async with asyncio.timeout_at(whole_at):
                    await self._is_changed.wait()
            except TimeoutError:
                whole_at = loop.time() + self._timing.told_seconds
                self._to_tell.update(dict.fromkeys(self._here))
            self._is_changed.clear()
            changed, self._to_tell = self._to_tell, {}
            await self._tell(list(changed))

    async def _tell(self, changed: list[tuple[str, str]]) -> None:
        for channel, present_id in changed:
            present = self._here.get((channel, present_id))
            try:
                if present is None:
                    await self._engine.leave(channel, present_id)
                else:
                    await self._engine.enter(channel, present, seconds=self._timing.present_seconds)
            except ServiceError:
                # Whoever is here is told of again; whoever left is forgotten by itself.
                _log.debug("who follows a channel could not be told")
                return

    def _note(self, channel: str, present_id: str) -> None:
        self._to_tell[channel, present_id] = None
        self._is_changed.set()
