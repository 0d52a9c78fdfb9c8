"""The only place of game keys that knows SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Row, bindparam, insert, or_, select, update

from backend.accounts.keys.gamekeys.models import GameKeyRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction

_DAY_MILLISECONDS = 86_400_000


@dataclass(frozen=True, slots=True)
class Where:
    """Where a key may be used; no places or networks are all of them."""

    universes: tuple[int, ...]
    places: tuple[int, ...]
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GameKey:
    id: str
    name: str
    universes: tuple[int, ...]
    places: tuple[int, ...]
    networks: tuple[str, ...]
    created_at: int
    created_by_kind: str
    created_by: str
    ends_at: int
    used_at: int | None
    rotated_at: int | None
    revoked_at: int | None
    version: int


_KEY = (
    GameKeyRow.id,
    GameKeyRow.name,
    GameKeyRow.universes,
    GameKeyRow.places,
    GameKeyRow.networks,
    GameKeyRow.created_at,
    GameKeyRow.created_by_kind,
    GameKeyRow.created_by,
    GameKeyRow.ends_at,
    GameKeyRow.used_at,
    GameKeyRow.rotated_at,
    GameKeyRow.revoked_at,
    GameKeyRow.version,
)


_OF_TENANT: Final = select(*_KEY).where(GameKeyRow.tenant_id == bindparam("whose"))
_FIND: Final = _OF_TENANT.where(GameKeyRow.id == bindparam("wanted"))
_FIND_TO_CHANGE: Final = _FIND.with_for_update()
_PAGE: Final = _OF_TENANT.where(GameKeyRow.id > bindparam("after")).order_by(GameKeyRow.id).limit(bindparam("at_most"))


async def add(
    tx: Transaction,
    tenant_id: str,
    key_id: str,
    *,
    name: str,
    where: Where,
    by: tuple[str, str],
    days: int,
) -> GameKey:
    statement = (
        insert(GameKeyRow)
        .values(
            tenant_id=tenant_id,
            id=key_id,
            name=name,
            universes=_text(where.universes),
            places=_text(where.places),
            networks=_text(where.networks),
            created_at=DatabaseNow(),
            created_by_kind=by[0],
            created_by=by[1],
            ends_at=DatabaseNow() + days * _DAY_MILLISECONDS,
            version=1,
        )
        .returning(*_KEY)
    )
    return _key((await tx.execute(statement)).one())


async def find(tx: Transaction, tenant_id: str, key_id: str, *, for_update: bool = False) -> GameKey | None:
    this = {"whose": tenant_id, "wanted": key_id}
    found = (await tx.execute(_FIND_TO_CHANGE if for_update else _FIND, this)).first()
    return None if found is None else _key(found)


async def page(
    tx: Transaction, tenant_id: str, *, after: tuple[int | str, ...] | None, limit: int
) -> Sequence[GameKey]:
    values = {"whose": tenant_id, "after": "" if after is None else after[0], "at_most": limit}
    return [_key(row) for row in await tx.execute(_PAGE, values)]


async def change(tx: Transaction, tenant_id: str, key_id: str, values: Mapping[str, object]) -> None:
    this = (GameKeyRow.tenant_id == tenant_id, GameKeyRow.id == key_id)
    await tx.execute(update(GameKeyRow).where(*this).values(**values, version=GameKeyRow.version + 1))


async def touch(tx: Transaction, tenant_id: str, key_id: str, *, apart_milliseconds: int) -> None:
    """Note that it was used just now, unless that was noted lately; for who edits it that is no other version."""
    old = or_(GameKeyRow.used_at.is_(None), GameKeyRow.used_at < DatabaseNow() - apart_milliseconds)
    this = (GameKeyRow.tenant_id == tenant_id, GameKeyRow.id == key_id)
    await tx.execute(update(GameKeyRow).where(*this, old).values(used_at=DatabaseNow()))


def _text(values: Sequence[int] | Sequence[str]) -> str:
    return orjson.dumps(values).decode()


def _key(row: Row[Any]) -> GameKey:
    return GameKey(
        id=row.id,
        name=row.name,
        universes=tuple(orjson.loads(row.universes)),
        places=tuple(orjson.loads(row.places)),
        networks=tuple(orjson.loads(row.networks)),
        created_at=row.created_at,
        created_by_kind=row.created_by_kind,
        created_by=row.created_by,
        ends_at=row.ends_at,
        used_at=row.used_at,
        rotated_at=row.rotated_at,
        revoked_at=row.revoked_at,
        version=row.version,
    )
