"""One record of the trail, and the tag that ties it to its key, its place and the record before it."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.keys import AuditKey

TAG_BYTES: Final = 32
BEFORE_THE_FIRST: Final = bytes(TAG_BYTES)
"""What the first record has for the tag of the one before."""

_FORM: Final = b"toolboxai audit record 1"


@dataclass(frozen=True, slots=True)
class Record:
    """A row of `audit_events`, column by column."""

    tenant_id: str
    number: int
    at: int
    """Milliseconds since 1970 by the database's clock. The number is the order: two that waited may share a time."""
    kind: str
    actor_kind: str
    actor_id: str
    subject_id: str | None
    detail: str
    key_version: int
    previous: bytes
    tag: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a trail: the number and the tag of its last record."""

    number: int
    tag: bytes


def is_well_formed(record: Record) -> bool:
    """Tell whether each value is of its column's type: SQLite keeps whatever somebody puts into a column."""
    return (
        all(type(each) is int for each in (record.number, record.at, record.key_version))
        and all(type(each) is bytes for each in (record.previous, record.tag))
        and all(
            type(each) is str
            for each in (record.tenant_id, record.kind, record.actor_kind, record.actor_id, record.detail)
        )
        and (record.subject_id is None or type(record.subject_id) is str)
    )


def tag_of(record: Record, key: AuditKey) -> bytes:
    """Return what the tag of this record has to be."""
    return key.mac.mac(content_of(record))


def has_its_tag(record: Record, key: AuditKey) -> bool:
    return key.mac.verify(content_of(record), record.tag)


def content_of(record: Record) -> bytes:
    """Return every column but the tag, so that no two records have the same bytes."""
    return unambiguous(
        _FORM,
        record.tenant_id,
        record.number,
        record.at,
        record.kind,
        record.actor_kind,
        record.actor_id,
        record.subject_id,
        record.detail,
        record.key_version,
        record.previous,
    )


def unambiguous(*values: bytes | str | int | None) -> bytes:
    """Join values with their lengths; None is something else than an empty text."""
    return b"".join(b"\0" if value is None else _with_length(value) for value in values)


def _with_length(value: bytes | str | int) -> bytes:
    # A text that came from the file of a stranger may hold half a character; it has bytes all the same.
    raw = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
    return b"\1" + len(raw).to_bytes(8, "big") + raw
