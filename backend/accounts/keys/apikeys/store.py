"""The only place of API keys that knows SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import Row, bindparam, insert, or_, select, update

from backend.accounts.keys.apikeys.models import ApiKeyRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction

_DAY_MILLISECONDS = 86_400_000


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    created_by_kind: str
    created_by: str
    ends_at: int
    used_at: int | None
    rotated_at: int | None
    revoked_at: int | None
    version: int


_KEY = (
    ApiKeyRow.id,
    ApiKeyRow.name,
    ApiKeyRow.scopes,
    ApiKeyRow.created_at,
    ApiKeyRow.created_by_kind,
    ApiKeyRow.created_by,
    ApiKeyRow.ends_at,
    ApiKeyRow.used_at,
    ApiKeyRow.rotated_at,
    ApiKeyRow.revoked_at,
    ApiKeyRow.version,
)


_OF_TENANT: Final = select(*_KEY).where(ApiKeyRow.tenant_id == bindparam("whose"))
_FIND: Final = _OF_TENANT.where(ApiKeyRow.id == bindparam("wanted"))
_FIND_TO_CHANGE: Final = _FIND.with_for_update()
_PAGE: Final = _OF_TENANT.where(ApiKeyRow.id > bindparam("after")).order_by(ApiKeyRow.id).limit(bindparam("at_most"))


async def add(
    tx: Transaction,
    tenant_id: str,
    key_id: str,
    *,
    name: str,
    scopes: Sequence[str],
    by: tuple[str, str],
    days: int,
) -> ApiKey:
    statement = (
        insert(ApiKeyRow)
        .values(
            tenant_id=tenant_id,
            id=key_id,
            name=name,
            scopes=orjson.dumps(sorted(scopes)).decode(),
            created_at=DatabaseNow(),
            created_by_kind=by[0],
            created_by=by[1],
            ends_at=DatabaseNow() + days * _DAY_MILLISECONDS,
            version=1,
        )
        .returning(*_KEY)
    )
    return _key((await tx.execute(statement)).one())


async def find(tx: Transaction, tenant_id: str, key_id: str, *, for_update: bool = False) -> ApiKey | None:
    this = {"whose": tenant_id, "wanted": key_id}
    found = (await tx.execute(_FIND_TO_CHANGE if for_update else _FIND, this)).first()
    return None if found is None else _key(found)


async def page(tx: Transaction, tenant_id: str, *, after: tuple[int | str, ...] | None, limit: int) -> Sequence[ApiKey]:
    values = {"whose": tenant_id, "after": "" if after is None else after[0], "at_most": limit}
    return [_key(row) for row in await tx.execute(_PAGE, values)]


async def change(tx: Transaction, tenant_id: str, key_id: str, values: Mapping[str, object]) -> None:
    this = (ApiKeyRow.tenant_id == tenant_id, ApiKeyRow.id == key_id)
    await tx.execute(update(ApiKeyRow).where(*this).values(**values, version=ApiKeyRow.version + 1))


async def touch(tx: Transaction, tenant_id: str, key_id: str, *, apart_milliseconds: int) -> None:
    """Note that it was used just now, unless that was noted lately; for who edits it that is no other version."""
    old = or_(ApiKeyRow.used_at.is_(None), ApiKeyRow.used_at < DatabaseNow() - apart_milliseconds)
    this = (ApiKeyRow.tenant_id == tenant_id, ApiKeyRow.id == key_id)
    await tx.execute(update(ApiKeyRow).where(*this, old).values(used_at=DatabaseNow()))


def _key(row: Row[tuple[str, str, str, int, str, str, int, int | None, int | None, int | None, int]]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=tuple(orjson.loads(row.scopes)),
        created_at=row.created_at,
        created_by_kind=row.created_by_kind,
        created_by=row.created_by,
        ends_at=row.ends_at,
        used_at=row.used_at,
        rotated_at=row.rotated_at,
        revoked_at=row.revoked_at,
        version=row.version,
    )
