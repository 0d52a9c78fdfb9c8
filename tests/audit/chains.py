"""Trails made without a database."""

from dataclasses import replace

from backend.accounts.audit.chained import BEFORE_THE_FIRST, Head, Record, tag_of
from backend.accounts.audit.keys import AuditKeys
from backend.accounts.audit.kinds import KINDS
from tests.audit.keys import FixedKeys
from tests.audit.samples import SCHOOL, event

KEYS = FixedKeys()
BEGIN = 1_700_000_000_000


def chain(length: int, *, keys: AuditKeys = KEYS, tenant_id: str = SCHOOL) -> list[Record]:
    made: list[Record] = []
    for number in range(1, length + 1):
        what = event(number)
        made.append(
            Record(
                tenant_id,
                number,
                BEGIN + number,
                KINDS.name_of(what.detail),
                what.actor.kind.value,
                what.actor.id,
                what.subject_id,
                KINDS.canonical(what.detail),
                keys.current().version,
                b"",
                b"",
            )
        )
    return tied(made, keys)


def tied(records: list[Record], keys: AuditKeys = KEYS) -> list[Record]:
    """Number and tag records as somebody who has the key can."""
    made: list[Record] = []
    for number, each in enumerate(records, start=1):
        loose = replace(each, number=number, previous=made[-1].tag if made else BEFORE_THE_FIRST)
        made.append(replace(loose, tag=tag_of(loose, keys.of(loose.key_version))))
    return made


def head_of(records: list[Record]) -> Head | None:
    return Head(records[-1].number, records[-1].tag) if records else None
