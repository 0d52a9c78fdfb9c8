"""Checking an exported file, with no database: by the public key alone, or by the audit keys as well."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from backend.accounts.audit.chained import Record
from backend.accounts.audit.checkpoint import Checkpoint, NotACheckpoint
from backend.accounts.audit.keys import AuditKeys
from backend.accounts.audit.lines import NotALine, from_line
from backend.accounts.audit.verdict import Fault, missing, one
from backend.accounts.audit.verify import Chain

# Details hold ids and counts only; whatever is longer than this is no line of ours.
_LONGEST_LINE_BYTES: Final = 65_536


class NotAnExport(ValueError):
    """The file is no export, or not a whole one, in a sentence."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One trail of the file: how many records were read, and what is wrong first."""

    tenant_id: str
    records: int
    fault: Fault | None


def checkpoints_of(file: BinaryIO) -> Iterator[Checkpoint]:
    """Return the checkpoints in a file, which may be one of them alone, many, or a whole export."""
    for _number, told in _lines(file):
        if isinstance(told, Checkpoint):
            yield told


def check_file(
    file: BinaryIO,
    *,
    trusted: bytes,
    keys: AuditKeys | None,
    checkpoints: Mapping[str, Sequence[Checkpoint]],
    each: Callable[[Record], None],
) -> Iterator[Checked]:
    """Check one trail of the file after the other; after a fault the rest of it is not read.

    Every byte of a record is under the signature of its trail's checkpoint. Without the audit keys a changed value is
    found by that, so what is named is its trail; with them, or where a link is broken, it is the record itself.
    """
    chain: Chain | None = None
    tenant_id, digest = "", sha256()
    for line, told in _lines(file):
        if chain is None:
            tenant_id, digest = told.tenant_id, sha256()
            chain = Chain(tenant_id, keys, checkpoints=checkpoints.get(tenant_id, ()))
        if isinstance(told, Record):
            digest.update(line)
            fault = chain.take(told)
        else:
            fault = _against(told, tenant_id, chain, digest.digest(), trusted) or chain.end_of_file()
        if fault is not None:
            yield Checked(tenant_id, chain.number, fault)
            return
        if isinstance(told, Record):
            each(told)
        else:
            yield Checked(tenant_id, chain.number, None)
            chain = None
    if chain is not None:
        raise NotAnExport(f"the file ends in the middle of the trail of {tenant_id}, without its checkpoint")


def _against(signed: Checkpoint, tenant_id: str, chain: Chain, lines_sha256: bytes, trusted: bytes) -> Fault | None:
    """Compare what was read of a trail with the checkpoint that ends it."""
    last = chain.number
    after, end = last + 1, max(last, 1)
    same = signed.tag == chain.tag and signed.lines_sha256 == lines_sha256
    faults = (
        (signed.tenant_id != tenant_id, after, "its end is the checkpoint of another trail"),
        (not signed.is_signed_by(trusted), end, "its checkpoint is not signed with the trusted key and proves nothing"),
        (signed.lines_sha256 is None, end, "its checkpoint was signed alone, not with the lines before it"),
        (signed.number > last, after, f"{missing(after, signed.number)}, which its checkpoint tells of"),
        (signed.number < last, signed.number + 1, f"{one(signed.number + 1)} stands after the end that was signed"),
        (not same, 1, f"one or more of its {last:,} records are not those that were signed: the audit key tells which"),
    )
    return next((Fault(tenant_id, number, sentence) for wrong, number, sentence in faults if wrong), None)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, Record | Checkpoint]]:
    number = 0
    while line := file.readline(_LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > _LONGEST_LINE_BYTES:
            raise NotAnExport(f"line {number:,} is longer than any line of an export")
        try:
            told = from_line(line)
        except (NotALine, NotACheckpoint) as error:
            raise NotAnExport(f"line {number:,} is no line of an export: {error}") from None
        yield line, told
    if number == 0:
        raise NotAnExport("the file is empty")
