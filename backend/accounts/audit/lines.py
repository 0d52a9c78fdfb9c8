"""A record as a line of JSON, and back."""

import json
from dataclasses import asdict, fields
from typing import Final

from backend.accounts.audit.chained import Record, is_well_formed
from backend.accounts.audit.checkpoint import FORM, Checkpoint, from_json

_NAMES: Final = frozenset(field.name for field in fields(Record))
_BYTES: Final = ("previous", "tag")


class NotALine(ValueError):
    """The line is none of ours, in a sentence."""


def to_line(record: Record) -> str:
    """Return the record as ASCII on one line, every column by its name."""
    values = asdict(record) | {name: getattr(record, name).hex() for name in _BYTES}
    return json.dumps(values, separators=(",", ":"))


def from_line(line: bytes) -> Record | Checkpoint:
    """Return what the line says; NotALine, or NotACheckpoint, if that is nothing of ours."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise NotALine("it is not JSON") from None
    if isinstance(told, dict) and told.get("form") == FORM:
        return from_json(told)
    if not isinstance(told, dict) or told.keys() != _NAMES:
        raise NotALine("it is neither a record nor a checkpoint of an audit trail")
    try:
        record = Record(**told | {name: bytes.fromhex(told[name]) for name in _BYTES})
    except (ValueError, TypeError):
        raise NotALine("its tags are not hexadecimal") from None
    if not is_well_formed(record):
        raise NotALine("a value is not of the type of its column")
    return record
