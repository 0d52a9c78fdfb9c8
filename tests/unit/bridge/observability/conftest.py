"""The logging of the test process, changed for one test and put back."""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from bridge.observability.logs import configure
from bridge.observability.sink import LogSink


@dataclass(frozen=True, slots=True)
class Log:
    path: Path
    sink: LogSink

    def lines(self) -> list[dict[str, Any]]:
        self.sink.flush()
        return [orjson.loads(line) for line in self.path.read_bytes().splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook)
    path = tmp_path / "log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    yield Log(path, configure("info", descriptor=descriptor))
    root.handlers[:], root.level, sys.excepthook, sys.unraisablehook, threading.excepthook = before
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True
    os.close(descriptor)
