"""One way out for every line of a process: JSON on standard error."""

import atexit
import logging
import sys
import threading
from types import TracebackType
from typing import Final

from bridge.observability.formatter import JsonFormatter
from bridge.observability.sink import LogSink

log: Final = logging.getLogger(__name__)


# The lines of requests are written without the logging module, and governed by the level of this logger.
ACCESS: Final = "bridge.access"


class SinkHandler(logging.Handler):
    def __init__(self, sink: LogSink) -> None:
        super().__init__()
        self.sink = sink
        self._formatter = JsonFormatter()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.sink.write(self._formatter.line(record))
        except Exception:  # noqa: BLE001 - the boundary of logging: what cannot be written down may not end a request
            self.sink.lost += 1


def configure(level: str, *, descriptor: int = 2) -> LogSink:
    """Send everything that is logged, warned or raised unseen in this process through one formatter. Call it once."""
    sink = LogSink(descriptor)
    root = logging.getLogger()
    root.handlers[:] = [SinkHandler(sink)]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    # Nothing prints a traceback by itself: its last line is the message of the exception.
    logging.raiseExceptions = False
    sys.excepthook = _excepthook
    sys.unraisablehook = _unraisablehook
    threading.excepthook = _thread_excepthook
    atexit.register(sink.flush)
    return sink


def access_sink() -> LogSink | None:
    """Return where lines of requests go; None if logs are not configured, or to a level above them."""
    if not logging.getLogger(ACCESS).isEnabledFor(logging.INFO):
        return None
    return next((handler.sink for handler in logging.getLogger().handlers if isinstance(handler, SinkHandler)), None)


def _excepthook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    log.critical("an error ended the process", exc_info=error)


def _unraisablehook(unraisable: "sys.UnraisableHookArgs") -> None:
    log.error("an error in a place that cannot raise", exc_info=unraisable.exc_value)


def _thread_excepthook(found: threading.ExceptHookArgs) -> None:
    log.error("an error ended a thread", exc_info=found.exc_value)
