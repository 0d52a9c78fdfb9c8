"""The real application on a real socket, in the loop of the test."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from backend.db.config import DatabaseConfig
from bridge.app import create_app
from bridge.settings import Settings
from bridge.worker.service import Service

REQUEST = b"GET /health/live HTTP/1.1\r\nHost: localhost:%d\r\n\r\n"


class Running:
    def __init__(self, service: Service, listener: socket.socket) -> None:
        self.service = service
        self.port: int = listener.getsockname()[1]

    def caller(self, *, asks: bool) -> socket.socket:
        """Come to the door without giving the loop a chance to open it."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        if asks:
            connection.sendall(REQUEST % self.port)
        return connection


@pytest_asyncio.fixture
async def running(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Running]:
    assert sqlite_database.sqlite_path.parent == tmp_path
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    service = Service(create_app(Settings(data_dir=tmp_path)), [listener])
    found = Running(service, listener)
    await service.start()
    yield found
    await service.drain(1)
    listener.close()


async def _whole(connection: socket.socket) -> bytes:
    def read() -> bytes:
        with connection, connection.makefile("rb") as answer:
            return answer.read()

    return await asyncio.to_thread(read)


async def test_callers_that_wait_at_the_door_when_the_drain_begins_are_answered(running: Running) -> None:
    callers = [running.caller(asks=True) for _ in range(50)]

    await running.service.drain(5)

    answers = [await _whole(caller) for caller in callers]
    assert [b"HTTP/1.1 200 OK"] * 50 == [answer.partition(b"\r\n")[0] for answer in answers]


async def test_after_the_drain_nobody_is_let_in(running: Running) -> None:
    await running.service.drain(5)

    with pytest.raises(ConnectionRefusedError):
        running.caller(asks=False)


async def test_a_drain_with_nobody_there_takes_no_time(running: Running) -> None:
    began = asyncio.get_running_loop().time()

    await running.service.drain(5)

    assert asyncio.get_running_loop().time() - began < 1


async def test_a_caller_that_never_asks_does_not_hold_it_up(running: Running) -> None:
    with running.caller(asks=False):
        began = asyncio.get_running_loop().time()
        await running.service.drain(5)

        assert asyncio.get_running_loop().time() - began < 2


async def test_it_tells_its_metrics_and_each_dependency_by_name(running: Running) -> None:
    metrics = await running.service.answer("metrics")
    readiness = await running.service.answer("readiness")

    assert "toolboxai_build_info" in metrics
    assert {"database", "migrations", "disk"} == set(readiness)
    assert {"verdict", "seen", "cure"} == set(readiness["database"] or ())  # type: ignore[arg-type]


async def test_a_start_that_failed_can_be_drained(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = Service(create_app(Settings(data_dir=tmp_path)), [listener])
        with pytest.raises(Exception, match="migrate"):
            await service.start()

        await service.drain(1)
