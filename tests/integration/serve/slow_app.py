"""The application with routes that take as long as a test wants, one of them holding up the whole event loop."""

import asyncio
import os
import time
from dataclasses import dataclass

from aiohttp import web

from backend.web.call import Answer, Call
from backend.web.route import PUBLIC, Route
from bridge.app import create_app as create_product
from bridge.settings import Settings
from core_rs import Table


@dataclass(frozen=True, slots=True)
class HowLong:
    seconds: float


@dataclass(frozen=True, slots=True)
class Served:
    pid: int


async def sleep(call: Call[None, HowLong, None]) -> Answer:
    await asyncio.sleep(call.query.seconds)
    return Answer(200, Served(os.getpid()))


async def hang(call: Call[None, HowLong, None]) -> Answer:
    time.sleep(call.query.seconds)  # noqa: ASYNC251 - that is the point
    return Answer(200, Served(os.getpid()))


async def deaf(call: Call[None, HowLong, None]) -> Answer:
    """Go on although cancelled, as a handler does that swallows what it should not."""
    until = time.monotonic() + call.query.seconds
    while time.monotonic() < until:
        try:
            await asyncio.sleep(call.query.seconds)
        except asyncio.CancelledError:
            continue
    return Answer(200, Served(os.getpid()))


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    routes = [
        Route(
            method="GET",
            path=f"/test/{handler.__name__}",
            handler=handler,
            query=HowLong,
            answers={200: Served},
            permission=PUBLIC,
            rate_class="health",
            summary="Take a while",
        )
        for handler in (sleep, hang, deaf)
    ]
    return create_product(settings, table=table, extra_routes=routes)
