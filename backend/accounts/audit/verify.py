"""Whether a trail is what was written: every record in its place, none changed, none missing.

It reads the records once, in their order, and keeps nothing but the end of what it has read.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from backend.accounts.audit.chained import BEFORE_THE_FIRST, Head, Record, has_its_tag, is_well_formed
from backend.accounts.audit.checkpoint import Checkpoint
from backend.accounts.audit.keys import AuditKey, AuditKeys, NoSuchKey
from backend.accounts.audit.verdict import Fault, day, missing, one

# Keys are asked for once a version; a trail of strangers may name as many versions as it likes.
_MOST_KEYS_KEPT: Final = 64


class Chain:
    """The records of one trail, taken one after the other."""

    def __init__(self, tenant_id: str, keys: AuditKeys | None, *, checkpoints: Sequence[Checkpoint] = ()) -> None:
        """Without keys only order and links are checked, which anybody can make; then something else must prove them.

        The checkpoints are of this trail, and their signatures were found good.
        """
        self.number = 0
        self.tag = BEFORE_THE_FIRST
        self._tenant_id = tenant_id
        self._keys = keys
        self._checkpoints = {(each.number, each.tag): each for each in checkpoints}
        self._signed = {each.number for each in checkpoints}
        self._known: dict[int, AuditKey] = {}

    def take(self, record: Record) -> Fault | None:
        """Go on by one record; the first fault is the last thing that this chain says."""
        wrong = self._out_of_place(record) or self._altered(record)
        if wrong is not None:
            return self._fault(*wrong)
        self.number, self.tag = record.number, record.tag
        return None

    def end(self, head: Head | None) -> Fault | None:
        """Compare what was read with the end that the database tells of."""
        return self._against_checkpoint() or self._against_head(head)

    def end_of_file(self) -> Fault | None:
        """Say that there is no head to compare with: the end is then what the checkpoint says."""
        return self._against_checkpoint()

    def _against_head(self, head: Head | None) -> Fault | None:
        last = self.number
        if head is None:
            return self._fault(1, f"the head is missing of a trail with {last:,} records") if last else None
        if type(head.number) is not int or type(head.tag) is not bytes:
            return self._fault(last, "the head is not what was written: a value is not of the type of its column")
        if head.number > last:
            return self._fault(
                last + 1, f"{missing(last + 1, head.number)}: the head says that there are {head.number:,}"
            )
        if head.number < last:
            first = max(head.number, 0) + 1
            return self._fault(
                first, f"{one(first)} stands after the end of the trail, which its head says is {head.number:,}"
            )
        if head.tag != self.tag:
            return self._fault(last, f"the head has another tag than {one(last)}, the last: one of the two was changed")
        return None

    def _against_checkpoint(self) -> Fault | None:
        signed = max(self._checkpoints.values(), key=lambda each: each.number, default=None)
        if signed is None or signed.number <= self.number:
            return None
        first = self.number + 1
        return self._fault(first, f"{missing(first, signed.number)}, which the checkpoint of {day(signed.at)} tells of")

    def _contradicted(self, record: Record) -> Checkpoint | None:
        others = (each for each in self._checkpoints.values() if each.number == record.number)
        return next((each for each in others if each.tag != record.tag), None)

    def _wrong_tag(self, record: Record) -> str | None:
        if self._keys is None:
            return None
        try:
            key = self._known.get(record.key_version) or self._keys.of(record.key_version)
        except NoSuchKey:
            return f"{one(record.number)} names version {record.key_version} of the audit key, and there is no such key"
        if len(self._known) < _MOST_KEYS_KEPT:
            self._known[record.key_version] = key
        if has_its_tag(record, key):
            return None
        return f"{one(record.number)} is not what was written: its tag does not fit what it says"

    def _out_of_place(self, record: Record) -> tuple[int, str] | None:
        due, number = self.number + 1, record.number
        if not is_well_formed(record):
            return due, f"{one(due)} is not what was written: a value is not of the type of its column"
        if record.tenant_id != self._tenant_id:
            return due, f"{one(due)} is one of another trail, {record.tenant_id!r}"
        if number > due:
            return due, f"{missing(due, number - 1)}: the next one is {number:,}"
        if number < 1:
            return number, f"{one(number)} was put in: numbers begin at 1"
        if number < due:
            return number, f"{one(number)} stands after {one(self.number)}: it is there twice, or out of order"
        return None

    def _altered(self, record: Record) -> tuple[int, str] | None:
        number = record.number
        wrong = self._wrong_tag(record)
        if wrong is not None:
            return number, wrong
        if record.previous != self.tag:
            before = "as the first" if number == 1 else f"after this {one(number - 1)}"
            return number, f"{one(number)} was not written {before}: what was before it is gone or was replaced"
        if number in self._signed and (signed := self._contradicted(record)) is not None:
            return number, (
                f"{one(number)} is not the one of the checkpoint of {day(signed.at)}: it, or one before it, was "
                "written anew by somebody who has the key"
            )
        return None

    def _fault(self, number: int, sentence: str) -> Fault:
        return Fault(self._tenant_id, number, sentence)


def verify(
    records: Iterable[Record],
    tenant_id: str,
    keys: AuditKeys | None,
    *,
    head: Head | None,
    checkpoints: Sequence[Checkpoint] = (),
) -> Fault | None:
    """Return what is wrong first with the records of a trail, in the order of their numbers; None if nothing is."""
    chain = Chain(tenant_id, keys, checkpoints=checkpoints)
    for record in records:
        fault = chain.take(record)
        if fault is not None:
            return fault
    return chain.end(head)
