"""Turns a record of the logging module into one line of JSON that holds nothing a caller sent and no secret."""

import logging
import os
import sys
from datetime import UTC, datetime
from types import FrameType
from typing import Final

import orjson

from backend.web.exchange import REQUEST_ID
from bridge.observability.fields import FIELDS, safe_value
from bridge.observability.traces import describe, place

_OWN_LOGGERS: Final = ("bridge", "backend", "core_rs")
_BUILT_IN: Final = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return self.line(record).decode()

    def line(self, record: logging.LogRecord) -> bytes:
        """The record by its constant parts: never its arguments, never the message of its exception."""
        document: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": os.getpid(),
        }
        if record.name.partition(".")[0] in _OWN_LOGGERS:
            document |= _own(record)
        else:
            document |= _foreign(record)
        if record.exc_info and record.exc_info[1] is not None:
            document["error"] = describe(record.exc_info[1])
        return _without_secrets(orjson.dumps(document))


def _without_secrets(line: bytes) -> bytes:
    """Take the secret out of every credential, wherever in the line it stands."""
    # Nearly no line has one, so the words of credentials are imported for the first that does.
    if b"tbx_" not in line.lower():
        return line
    from backend.accounts.keys.text_form import redact  # noqa: PLC0415 - see above

    return redact(line.decode()).encode()


def _own(record: logging.LogRecord) -> dict[str, object]:
    """Our own code logs a constant sentence and hands its values over by name."""
    found: dict[str, object] = {"event": str(record.msg)}
    request_id = REQUEST_ID.get(None)
    if request_id is not None:
        found["request_id"] = request_id
    given = {name: value for name, value in vars(record).items() if name not in _BUILT_IN}
    found |= {name: safe_value(value) for name, value in given.items() if name in FIELDS}
    dropped = sorted(given.keys() - FIELDS)
    if dropped:
        found["dropped"] = dropped
    return found


def _foreign(record: logging.LogRecord) -> dict[str, object]:
    """Other people's code may log anything: where it did is told, and its text only if that is a constant of theirs."""
    found: dict[str, object] = {"event": "a library's message", "where": place(record.pathname, record.lineno)}
    if _is_constant_of_its_caller(record):
        found["template"] = record.msg
    return found


def _is_constant_of_its_caller(record: logging.LogRecord) -> bool:
    # `log.error(f"no such user: {name}")` arrives looking like a template; only the code that called can tell.
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - there is no other way to the calling frames
    while frame is not None:
        if frame.f_lineno == record.lineno and frame.f_code.co_filename == record.pathname:
            return isinstance(record.msg, str) and record.msg in frame.f_code.co_consts
        frame = frame.f_back
    return False
