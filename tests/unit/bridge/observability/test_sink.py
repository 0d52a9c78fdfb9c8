import asyncio
import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridge.observability import sink as module
from bridge.observability.sink import LogSink


@dataclass
class Pipe:
    reader: int
    writer: int

    def read(self) -> bytes:
        """Everything that is there now."""
        found = b""
        try:
            while more := os.read(self.reader, 1_000_000):
                found += more
        except BlockingIOError:
            pass
        return found


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    yield Pipe(reader, writer)
    os.close(writer)
    with contextlib.suppress(OSError):  # the test may have closed it
        os.close(reader)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all writes."""
    sizes: list[int] = []
    write = os.write

    def counting(descriptor: int, data: bytes) -> int:
        sizes.append(len(data))
        return write(descriptor, data)

    monkeypatch.setattr("bridge.observability.sink.os.write", counting)
    return sizes


def test_a_line_is_written_at_once(pipe: Pipe) -> None:
    LogSink(pipe.writer).write(b"one")

    assert b"one\n" == pipe.read()


async def test_the_lines_of_one_tick_are_one_write(pipe: Pipe, counted: list[int]) -> None:
    sink, loop = LogSink(pipe.writer), asyncio.get_running_loop()
    for number in range(100):
        sink.write_with_tick(b"%03d" % number, loop)
    assert [] == counted
    await asyncio.sleep(0)

    assert [400] == counted
    assert [b"%03d" % number for number in range(100)] == pipe.read().splitlines()


async def test_a_line_that_cannot_wait_takes_those_that_do_along_in_their_order(pipe: Pipe) -> None:
    sink, loop = LogSink(pipe.writer), asyncio.get_running_loop()
    sink.write_with_tick(b"first", loop)
    sink.write(b"second")
    assert b"first\nsecond\n" == pipe.read()

    sink.write_with_tick(b"third", loop)
    await asyncio.sleep(0)
    assert b"third\n" == pipe.read()


async def test_what_waits_is_written_by_a_flush(pipe: Pipe) -> None:
    sink = LogSink(pipe.writer)
    sink.write_with_tick(b"last", asyncio.get_running_loop())
    sink.flush()

    assert b"last\n" == pipe.read()


def test_lines_of_many_threads_stay_whole_and_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sink = LogSink(descriptor)

    def write(name: int) -> None:
        for number in range(500):
            sink.write(b"%d-%d " % (name, number) + b"x" * 100)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.close(descriptor)

    assert 2000 == len({line for line in path.read_bytes().splitlines() if line.endswith(b" " + b"x" * 100)})


def test_when_nobody_reads_lines_are_counted_as_lost(pipe: Pipe) -> None:
    os.close(pipe.reader)
    sink = LogSink(pipe.writer)
    sink.write(b"gone")

    assert 1 == sink.lost


def test_a_reader_that_stalls_does_not_hold_the_program(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STALL_SECONDS", 0.05)
    os.set_blocking(pipe.writer, False)
    sink = LogSink(pipe.writer)
    sink.write(b"x" * 500_000)
    assert 1 == sink.lost

    pipe.read()
    sink.write(b"again")
    sink.write(b"and again")

    assert b"\nagain\nand again\n" == pipe.read()
