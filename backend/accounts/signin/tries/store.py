"""The queries of the counters of tries."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, select

from backend.accounts.signin.delays import Counter
from backend.accounts.signin.models import SigninTriesRow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into

_FIND: Final = (
    select(SigninTriesRow.digest, SigninTriesRow.tries, SigninTriesRow.last_seconds)
    .where(SigninTriesRow.digest.in_(bindparam("digests", expanding=True)))
    # In one order, so that two that need the same rows never wait for each other.
    .order_by(SigninTriesRow.digest)
    .with_for_update()
)


async def find(tx: Transaction, digests: Sequence[bytes]) -> Mapping[bytes, Counter]:
    """Return the counters there are, held until the unit ends."""
    found = await tx.execute(_FIND, {"digests": list(digests)})
    return {row.digest: Counter(row.tries, row.last_seconds) for row in found}


async def make(tx: Transaction, digests: Sequence[bytes]) -> None:
    """See that there is a row for each, so that it can be held."""
    values: list[dict[str, Any]] = [{"digest": each, "tries": 0.0, "last_seconds": 0.0} for each in sorted(digests)]
    statement = insert_into(SigninTriesRow.__table__, tx.dialect).values(values)
    await tx.execute(statement.on_conflict_do_nothing())


async def keep(tx: Transaction, counters: Mapping[bytes, Counter]) -> None:
    values = [
        {"digest": digest, "tries": counter.tries, "last_seconds": counter.last_seconds}
        for digest, counter in sorted(counters.items())
    ]
    statement = insert_into(SigninTriesRow.__table__, tx.dialect).values(values)
    new = statement.excluded
    changed = statement.on_conflict_do_update(
        index_elements=[SigninTriesRow.digest], set_={"tries": new.tries, "last_seconds": new.last_seconds}
    )
    await tx.execute(changed)


async def forget(tx: Transaction, *, before_seconds: float, at_most: int) -> None:
    """Delete some counters that nothing has touched for so long that they count for nothing."""
    old = select(SigninTriesRow.digest).where(SigninTriesRow.last_seconds < before_seconds).limit(at_most)
    await tx.execute(delete(SigninTriesRow).where(SigninTriesRow.digest.in_(old)))
