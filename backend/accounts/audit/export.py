"""Trails as a file: the records of one trail a line each, then its signed checkpoint; then the next trail.

Only a trail that was found whole is signed: a checkpoint of a damaged one would make the damage the truth.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Protocol

from backend.accounts.audit import checkpoint
from backend.accounts.audit.chained import Record
from backend.accounts.audit.checkpoint import Checkpoint
from backend.accounts.audit.keys import AuditKeys
from backend.accounts.audit.lines import to_line
from backend.accounts.audit.reading import read_whole
from backend.accounts.audit.verdict import Fault
from backend.accounts.audit.verify import Chain
from backend.db.unit import Database


class Output(Protocol):
    def write(self, content: bytes, /) -> object: ...


async def write_trail(
    database: Database,
    tenant_id: str,
    keys: AuditKeys,
    output: Output,
    *,
    now: Callable[[], int],
    each: Callable[[Record], None],
) -> Checkpoint | Fault:
    """Write the records and the checkpoint; where something is wrong nothing is signed, and the fault returned."""
    digest = sha256()

    def write(record: Record) -> None:
        line = to_line(record).encode("ascii") + b"\n"
        digest.update(line)
        output.write(line)
        each(record)

    chain = Chain(tenant_id, keys)
    fault = await read_whole(database, tenant_id, chain, write)
    if fault is not None:
        return fault
    made = checkpoint.sign(keys.signing(), tenant_id, chain.number, chain.tag, at=now(), lines_sha256=digest.digest())
    _write(output, made)
    return made


async def write_checkpoint(
    database: Database,
    tenant_id: str,
    keys: AuditKeys,
    output: Output,
    *,
    now: Callable[[], int],
    each: Callable[[Record], None],
) -> Checkpoint | Fault:
    """Write the checkpoint alone, small enough to be sent anywhere; the whole trail is checked for it all the same."""
    made = await make_checkpoint(database, tenant_id, keys, now=now, each=each)
    if isinstance(made, Checkpoint):
        _write(output, made)
    return made


async def make_checkpoint(
    database: Database,
    tenant_id: str,
    keys: AuditKeys,
    *,
    now: Callable[[], int],
    each: Callable[[Record], None],
) -> Checkpoint | Fault:
    """Check the whole trail, and sign where it ends."""
    chain = Chain(tenant_id, keys)
    fault = await read_whole(database, tenant_id, chain, each)
    if fault is not None:
        return fault
    return checkpoint.sign(keys.signing(), tenant_id, chain.number, chain.tag, at=now())


def _write(output: Output, made: Checkpoint) -> None:
    output.write(checkpoint.to_line(made).encode("ascii") + b"\n")
