"""The log of this process in a file, for as long as a test needs it."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bridge.observability.logs import configure
from bridge.observability.sink import LogSink


@dataclass(frozen=True, slots=True)
class Log:
    path: Path
    sink: LogSink

    def text(self) -> str:
        self.sink.flush()
        return self.path.read_text(encoding="utf-8")

    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.text().splitlines()]

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == "request"]


@contextmanager
def logged_to(path: Path, *, level: str = "info") -> Iterator[Log]:
    """Write the log to a file, and where it went before once the block is left."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    yield Log(path, configure(level, descriptor=descriptor))
    root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook = before
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True
    os.close(descriptor)
