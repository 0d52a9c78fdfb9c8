"""A worker process: take what the supervisor hands over, serve until it says to drain, then end."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable
from typing import Final

from bridge.observability import loop_errors
from bridge.observability.logs import configure
from bridge.settings import from_wire
from bridge.worker.channel import Channel
from bridge.worker.factory import CreateApp, load
from bridge.worker.last_words import last_words
from bridge.worker.leftovers import end_leftovers
from bridge.worker.lifeline import Lifeline
from bridge.worker.messages import Answer, Ask, Drain, Farewell, Go, HandOver, NotUnderstood, Ready, encode
from bridge.worker.service import Service
from core_rs import Table

FAILED_EXIT_CODE: Final = 1
# Beyond the drain itself, for closing the database and for the farewell; the supervisor's own limit lies above it.
CLOSE_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


def main(module: str) -> int:
    """Serve `module.create_app(settings, table=...)` for the supervisor at the other end of standard input."""
    end = _take_standard_input()
    configure("info")
    try:
        create_app = load(module)  # while the supervisor still migrates
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_work(end.dup(), create_app))
    except Exception as error:  # noqa: BLE001 - the boundary of the process: its last words go to the supervisor
        end.setblocking(True)
        with contextlib.suppress(OSError):
            end.sendall(encode(last_words(error)))
        return FAILED_EXIT_CODE
    return 0


async def _work(end: socket.socket, create_app: CreateApp) -> None:
    channel = await Channel.over(end)
    handed = await channel.receive()
    if handed is None:
        return  # the supervisor ended before it said anything
    if not isinstance(handed, HandOver):
        raise NotUnderstood(f"the first message is {handed}, not what was to be handed over")
    settings = from_wire(handed.settings.encode())
    logging.getLogger().setLevel(settings.log_level.upper())
    over = _end_of_service(handed.lifeline, settings.drain_seconds)
    table = None if handed.table is None else Table.open_shared(handed.table, handed.table_epoch)
    app = create_app(settings, table=table)
    if not isinstance(await channel.receive(), Go):
        return
    service = Service(app, [socket.socket(fileno=number) for number in handed.listeners])
    try:
        await service.start()
        channel.send(Ready())
        conversation = asyncio.create_task(_converse(channel, service, over))
        await over.wait()
    finally:
        await service.drain(settings.drain_seconds)
    channel.send(Farewell(service.metrics()))
    conversation.cancel()
    await channel.close()
    if not await end_leftovers():
        _log.error("a request could not be given up: the worker ends without it")
        os._exit(FAILED_EXIT_CODE)


def _end_of_service(lifeline: int, drain_seconds: float) -> asyncio.Event:
    """Return what is set when the supervisor has ended, or somebody sent SIGTERM to this very process."""
    loop = asyncio.get_running_loop()
    loop_errors.install(loop)
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)

    def cut() -> None:
        loop.call_soon_threadsafe(over.set)

    Lifeline(lifeline, cut, limit_seconds=drain_seconds + CLOSE_SECONDS).start()
    return over


async def _converse(channel: Channel, service: Service, over: asyncio.Event) -> None:
    """Answer the supervisor's questions until it says to drain, and on through the drain."""
    try:
        while (message := await channel.receive()) is not None:
            if isinstance(message, Ask):
                channel.send(Answer(message.number, await service.answer(message.question)))
            elif isinstance(message, Drain):
                over.set()
    finally:
        over.set()


def _take_standard_input() -> socket.socket:
    """Move the channel away from descriptor 0, where any library might read or close it."""
    end = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return end


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop
