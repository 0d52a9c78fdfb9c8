"""The queries of pairings. Only those that are not over are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Row, bindparam, case, delete, func, select, update

from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into
from bridge.gate.pairing.models import PairingRow

Kind = Literal["studio", "daemon"]
State = Literal["pending", "approved", "denied"]


@dataclass(frozen=True, slots=True)
class Pairing:
    id: str
    state: State
    kind: Kind
    name: str
    version: str
    place_id: int | None
    universe_id: int | None
    network: str
    asked_at: int
    ends_at: int
    # When the device last asked what became of it, and how long it has to wait between two times.
    asked_for_at: int | None
    interval_seconds: int
    tenant_id: str | None
    device_id: str | None
    # The database's clock as it was read.
    now: int


@dataclass(frozen=True, slots=True)
class Asking:
    """What asks, in its own words, and where from."""

    kind: Kind
    name: str
    version: str
    place_id: int | None
    universe_id: int | None
    network: str


_ROW: Final = PairingRow
_LIVE: Final = select(
    _ROW.id,
    _ROW.state,
    _ROW.kind,
    _ROW.name,
    _ROW.version,
    _ROW.place_id,
    _ROW.universe_id,
    _ROW.network,
    _ROW.asked_at,
    _ROW.ends_at,
    _ROW.asked_for_at,
    _ROW.interval_seconds,
    _ROW.tenant_id,
    _ROW.device_id,
    DatabaseNow().label("now"),
).where(_ROW.ends_at > DatabaseNow())
_BY_DEVICE_CODE: Final = _LIVE.where(_ROW.device_digest == bindparam("digest"))
_HOLD_BY_DEVICE_CODE: Final = _BY_DEVICE_CODE.with_for_update()
_BY_USER_CODE: Final = _LIVE.where(_ROW.user_digest.in_(bindparam("digests", expanding=True)))
_HOLD: Final = _LIVE.where(_ROW.id == bindparam("wanted")).with_for_update()
_COUNT: Final = select(
    func.count().label("everywhere"),
    func.coalesce(func.sum(case((_ROW.network == bindparam("network"), 1), else_=0)), 0).label("there"),
).where(_ROW.state == "pending", _ROW.ends_at > DatabaseNow())
_ENDED: Final = select(_ROW.id).where(_ROW.ends_at <= DatabaseNow()).limit(bindparam("at_most"))
_CHANGED: Final = update(_ROW).where(_ROW.id == bindparam("wanted"))
_POLLED: Final = _CHANGED.values(asked_for_at=DatabaseNow(), interval_seconds=bindparam("interval"))
# Who is let in at the last moment has to be told, though it asks again only after its interval.
_TO_BE_TOLD_MILLISECONDS: Final = 120_000
_TOLD_UNTIL: Final = DatabaseNow() + _TO_BE_TOLD_MILLISECONDS
_APPROVED: Final = _CHANGED.values(
    state="approved",
    tenant_id=bindparam("whose"),
    device_id=bindparam("device"),
    ends_at=case((_ROW.ends_at < _TOLD_UNTIL, _TOLD_UNTIL), else_=_ROW.ends_at),
)
_DENIED: Final = _CHANGED.values(state="denied")


async def count_pending(tx: Transaction, network: str) -> tuple[int, int]:
    """Return how many wait for somebody in all, and how many of a network."""
    found = (await tx.execute(_COUNT, {"network": network})).one()
    return int(found.everywhere), int(found.there)


async def add(
    tx: Transaction,
    pairing_id: str,
    asking: Asking,
    digests: tuple[bytes, bytes],
    *,
    life_milliseconds: int,
    interval_seconds: int,
) -> bool:
    """Add a pairing under the digests of its device code and its user code; False where one of them is taken."""
    device_digest, user_digest = digests
    statement = insert_into(_ROW.__table__, tx.dialect).values(
        id=pairing_id,
        device_digest=device_digest,
        user_digest=user_digest,
        state="pending",
        kind=asking.kind,
        name=asking.name,
        version=asking.version,
        place_id=asking.place_id,
        universe_id=asking.universe_id,
        network=asking.network,
        asked_at=DatabaseNow(),
        ends_at=DatabaseNow() + life_milliseconds,
        interval_seconds=interval_seconds,
    )
    added = await tx.execute(statement.on_conflict_do_nothing().returning(_ROW.id))
    return added.first() is not None


async def by_device_code(tx: Transaction, digest: bytes, *, for_update: bool = False) -> Pairing | None:
    statement = _HOLD_BY_DEVICE_CODE if for_update else _BY_DEVICE_CODE
    return _pairing((await tx.execute(statement, {"digest": digest})).first())


async def by_user_code(tx: Transaction, digests: Sequence[bytes]) -> Pairing | None:
    return _pairing((await tx.execute(_BY_USER_CODE, {"digests": list(digests)})).first())


async def hold(tx: Transaction, pairing_id: str) -> Pairing | None:
    """Return it, held until the unit ends: of two that decide about it at once the second sees what the first did."""
    return _pairing((await tx.execute(_HOLD, {"wanted": pairing_id})).first())


async def polled(tx: Transaction, pairing_id: str, interval_seconds: int) -> None:
    await tx.execute(_POLLED, {"wanted": pairing_id, "interval": interval_seconds})


async def approved(tx: Transaction, pairing_id: str, tenant_id: str, device_id: str) -> None:
    await tx.execute(_APPROVED, {"wanted": pairing_id, "whose": tenant_id, "device": device_id})


async def denied(tx: Transaction, pairing_id: str) -> None:
    await tx.execute(_DENIED, {"wanted": pairing_id})


async def has_ended(tx: Transaction) -> bool:
    return (await tx.execute(_ENDED, {"at_most": 1})).first() is not None


async def sweep(tx: Transaction, *, at_most: int) -> int:
    """Delete pairings that are over, and return how many."""
    ended = (await tx.execute(_ENDED, {"at_most": at_most})).scalars().all()
    if ended:
        await tx.execute(delete(_ROW).where(_ROW.id.in_(ended)))
    return len(ended)


def _pairing(row: Row[Any] | None) -> Pairing | None:
    return None if row is None else Pairing(**row._asdict())
