"""Idempotency claims: who sends a change a second time gets the first answer, and the change is made once.

The claim is inserted first and its answer stored last, in one unit with the change itself, so there is never one
without the other. Of two at the same time the second waits: on SQLite for the writer, on PostgreSQL for the unique
index, there no longer than `lock_timeout`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import orjson
from sqlalchemy import BigInteger, Executable, LargeBinary, Text, bindparam, delete, null, select, update
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.config import Dialect
from backend.db.model import Base
from backend.db.now import DatabaseNow
from backend.db.tenancy.tables import global_table
from backend.db.unit import LockTimeout, Transaction
from backend.db.upsert import insert_into
from backend.errors import IdempotencyKeyReused, InProgress
from core_rs import blake3

ANSWER_LIMIT_BYTES: Final = 65_536
KEPT_HOURS: Final = 24
_HOUR_MILLISECONDS: Final = 3_600_000


class ClaimRow(Base):
    __tablename__ = "claims"
    __table_args__ = global_table(
        "a key is looked up by a digest, before anything of its tenant is read", goes_with_tenant=True
    )

    # A digest of the whole scope: paths and keys are long, and an index of PostgreSQL takes no more than 2.7 KB. It
    # also keeps what the caller wrote into them out of the database.
    scope: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tenant_id: Mapped[str | None] = mapped_column(Text)
    principal_kind: Mapped[str] = mapped_column(Text)
    principal_id: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[int] = mapped_column(BigInteger, index=True)
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


_FIND: Final = select(ClaimRow.fingerprint, ClaimRow.status, ClaimRow.headers, ClaimRow.body).where(
    ClaimRow.scope == bindparam("claim")
)
_FINISH: Final = (
    update(ClaimRow.__table__)  # type: ignore[arg-type]
    .where(ClaimRow.scope == bindparam("claim"))
    .values(status=bindparam("new_status"), headers=bindparam("new_headers"), body=bindparam("new_body"))
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Within what a key is unique. Never the session: a client that signs in again sends the same key again."""

    tenant_id: str | None
    principal_kind: str
    principal_id: str
    method: str
    path: str
    key: str

    def digest(self) -> bytes:
        tenant = () if self.tenant_id is None else (self.tenant_id,)
        parts = (self.principal_kind, self.principal_id, self.method, self.path, self.key, *tenant)
        return blake3(_unambiguous(part.encode() for part in parts))


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    """None in a replay: the answer was larger than ANSWER_LIMIT_BYTES, and only that it was given is known."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim is ours: make the change, then `finish`. To store nothing, leave the unit by an exception."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Replay:
    """The change was made before, by a request with the same content."""

    answer: StoredAnswer


async def insert(
    transaction: Transaction, scope: Scope, *, fingerprint: bytes, kept_hours: int = KEPT_HOURS
) -> Claimed | Replay:
    """Claim the key, or find the answer of who claimed it.

    IdempotencyKeyReused if that was another request, InProgress if it has not ended in time.
    """
    claim = scope.digest()
    values = {
        "scope": claim,
        "tenant_id": scope.tenant_id,
        "principal_kind": scope.principal_kind,
        "principal_id": scope.principal_id,
        "fingerprint": fingerprint,
    }
    statement = _insert_or_take_over(transaction.dialect, kept_hours)
    try:
        inserted = (await transaction.execute(statement, values)).first()
    except LockTimeout as error:
        raise InProgress("The request with this idempotency key is still at work; ask again in a second.") from error
    if inserted is not None:
        return Claimed(claim)
    found = (await transaction.execute(_FIND, {"claim": claim})).first()
    if found is not None and found.fingerprint != fingerprint:
        raise IdempotencyKeyReused("This idempotency key was used for another request; a new change needs a new key.")
    if found is None or found.status is None:
        # Purged this very moment, or kept without an answer, which only a defect leaves behind.
        raise InProgress("The request with this idempotency key has no answer yet; ask again in a second.")
    headers = tuple((name, value) for name, value in orjson.loads(found.headers))
    return Replay(StoredAnswer(found.status, headers, found.body))


async def finish(transaction: Transaction, claim: Claimed, answer: StoredAnswer) -> None:
    """Store the answer beside the claim, in the same unit."""
    kept = answer.body if answer.body is not None and len(answer.body) <= ANSWER_LIMIT_BYTES else None
    values = {
        "claim": claim.id,
        "new_status": answer.status,
        "new_headers": orjson.dumps(answer.headers).decode(),
        "new_body": kept,
    }
    await transaction.execute(_FINISH, values)


async def purge(transaction: Transaction, *, kept_hours: int = KEPT_HOURS, limit: int) -> int:
    """Delete the oldest claims that are kept no longer; return how many that were."""
    over = (
        select(ClaimRow.scope)
        .where(ClaimRow.created_at <= DatabaseNow() - kept_hours * _HOUR_MILLISECONDS)
        .order_by(ClaimRow.created_at)
        .limit(limit)
    )
    result = await transaction.execute(delete(ClaimRow).where(ClaimRow.scope.in_(over)))
    return result.rowcount


async def forget(transaction: Transaction, principal_kind: str, principal_id: str) -> int:
    """Delete what is kept of somebody's requests; return how many that were."""
    row = ClaimRow
    whose = (row.principal_kind == principal_kind, row.principal_id == principal_id)
    return (await transaction.execute(delete(row).where(*whose))).rowcount


@cache  # building it costs more than running it
def _insert_or_take_over(dialect: Dialect, kept_hours: int) -> Executable:
    """Insert the claim; take one over that is kept no longer and that no purge has come to yet."""
    statement = insert_into(ClaimRow.__table__, dialect).values(created_at=DatabaseNow())
    replaced = {name: statement.excluded[name] for name in ("fingerprint", "created_at")}
    return statement.on_conflict_do_update(
        index_elements=[ClaimRow.scope],
        set_={**replaced, "status": null(), "headers": null(), "body": null()},
        where=ClaimRow.created_at <= DatabaseNow() - kept_hours * _HOUR_MILLISECONDS,
    ).returning(ClaimRow.scope)


def _unambiguous(parts: Iterable[bytes]) -> bytes:
    """Join with lengths, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
