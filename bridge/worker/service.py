"""One application on listening sockets that were opened before it, from its first request to its last."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from typing import Final, cast

from aiohttp import web

from backend.web.server import Runner
from bridge.keys import DRAIN, METRICS, READINESS
from bridge.worker.accepting import pause_accepting
from bridge.worker.json_value import JsonObject
from bridge.worker.messages import Question

BACKLOG: Final = 1024
# A busy client is told `Connection: close` with its next answer; one that sends nothing for so long is closed.
IDLE_GRACE_SECONDS: Final = 0.5
# A handler that outlived the drain is given so long to notice that it was cancelled.
CANCEL_SECONDS: Final = 0.2
_LOOK_AGAIN_SECONDS: Final = 0.01


class Service:
    def __init__(self, app: web.Application, listeners: Sequence[socket.socket]) -> None:
        self._app = app
        self._listeners = listeners
        self._doors: list[socket.socket] = []
        self._runner = Runner(app, shutdown_timeout=CANCEL_SECONDS)

    async def start(self) -> None:
        """Open what the application needs, then begin to accept."""
        await self._runner.setup()
        # The event loop closes what it is given before anybody could look who still waits there.
        self._doors = [listener.dup() for listener in self._listeners]
        for listener in self._listeners:
            await web.SockSite(self._runner, listener, backlog=BACKLOG).start()

    async def drain(self, limit_seconds: float) -> None:
        """Answer what was begun, for `limit_seconds` at most; then close what the application opened."""
        loop = asyncio.get_running_loop()
        until = loop.time() + limit_seconds
        self._app[DRAIN].begin()
        if self._runner.sites:
            await pause_accepting(self._listeners)
            for site in self._runner.sites:
                await site.stop()
            for door in self._doors:
                await self._close(door)
            await self._wait_for_connections(min(until, loop.time() + IDLE_GRACE_SECONDS))
        if self._runner.server is not None:
            # Ends the idle connections now, each other one after the answer that it waits for.
            self._runner.server.pre_shutdown()
            await self._wait_for_connections(until)
        await self._runner.cleanup()

    async def _close(self, door: socket.socket) -> None:
        """Let in everybody who already waits, and close the door right behind the last one."""
        door.setblocking(False)
        let_in: list[socket.socket] = []
        with door, contextlib.suppress(BlockingIOError):
            while True:
                let_in.append(door.accept()[0])
        for caller in let_in:
            if self._runner.server is not None:
                await asyncio.get_running_loop().connect_accepted_socket(self._runner.server, caller)

    async def answer(self, question: Question) -> JsonObject:
        return self.metrics() if question == "metrics" else await self._readiness()

    def metrics(self) -> JsonObject:
        return cast("JsonObject", self._app[METRICS].snapshot())

    async def _readiness(self) -> JsonObject:
        checks = await self._app[READINESS]()
        return {
            name: {"verdict": found.verdict, "seen": found.seen, "cure": found.cure} for name, found in checks.items()
        }

    async def _wait_for_connections(self, until: float) -> None:
        now = asyncio.get_running_loop().time
        while self._has_connections() and now() < until:  # noqa: ASYNC110 - aiohttp has no event for it
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    def _has_connections(self) -> bool:
        # One is gone only when its last answer has left the buffer, so that a slow reader gets it whole.
        return self._runner.server is not None and bool(self._runner.server.connections)
