"""The queries that every kind of key shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Generic, TypeVar

import orjson
from sqlalchemy import Row, bindparam, insert, or_, select, update

from backend.accounts.audit.event import Actor
from backend.accounts.keys.models import KeyColumns
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction

_DAY_MILLISECONDS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Key:
    """What every kind of key has. What a kind has beside that are lists."""

    id: str
    name: str
    created_at: int
    created_by_kind: str
    created_by: str
    ends_at: int
    used_at: int | None
    rotated_at: int | None
    revoked_at: int | None
    version: int


KeyT = TypeVar("KeyT", bound=Key)


class KeyTable(Generic[KeyT]):
    """One kind of key in its table, where each of its lists is kept as JSON."""

    def __init__(self, row: type[KeyColumns], key: type[KeyT]) -> None:
        self._row = row
        self._key = key
        self._lists = {field.name for field in fields(key)} - {field.name for field in fields(Key)}
        self._columns = [getattr(row, field.name) for field in fields(key)]
        of_tenant = select(*self._columns).where(row.tenant_id == bindparam("whose"))
        self._find = of_tenant.where(row.id == bindparam("wanted"))
        self._find_to_change = self._find.with_for_update()
        self._page = of_tenant.where(row.id > bindparam("after")).order_by(row.id).limit(bindparam("at_most"))

    async def add(
        self,
        tx: Transaction,
        tenant_id: str,
        key_id: str,
        *,
        name: str,
        by: Actor,
        days: int,
        lists: Mapping[str, Sequence[object]],
    ) -> KeyT:
        values = {each: orjson.dumps(value).decode() for each, value in lists.items()}
        statement = (
            insert(self._row)
            .values(
                tenant_id=tenant_id,
                id=key_id,
                name=name,
                created_at=DatabaseNow(),
                created_by_kind=by.kind.value,
                created_by=by.id,
                ends_at=DatabaseNow() + days * _DAY_MILLISECONDS,
                version=1,
                **values,
            )
            .returning(*self._columns)
        )
        return self._read((await tx.execute(statement)).one())

    async def find(self, tx: Transaction, tenant_id: str, key_id: str, *, for_update: bool = False) -> KeyT | None:
        statement = self._find_to_change if for_update else self._find
        found = (await tx.execute(statement, {"whose": tenant_id, "wanted": key_id})).first()
        return None if found is None else self._read(found)

    async def page(
        self, tx: Transaction, tenant_id: str, *, after: tuple[int | str, ...] | None, limit: int
    ) -> Sequence[KeyT]:
        values = {"whose": tenant_id, "after": "" if after is None else after[0], "at_most": limit}
        return [self._read(row) for row in await tx.execute(self._page, values)]

    async def change(self, tx: Transaction, tenant_id: str, key_id: str, values: Mapping[str, object]) -> None:
        row = self._row
        this = (row.tenant_id == tenant_id, row.id == key_id)
        await tx.execute(update(row).where(*this).values(**values, version=row.version + 1))

    async def touch(self, tx: Transaction, tenant_id: str, key_id: str, *, apart_milliseconds: int) -> None:
        """Note that it was used just now, unless that was noted lately; for who edits it that is no other version."""
        row = self._row
        old = or_(row.used_at.is_(None), row.used_at < DatabaseNow() - apart_milliseconds)
        this = (row.tenant_id == tenant_id, row.id == key_id)
        await tx.execute(update(row).where(*this, old).values(used_at=DatabaseNow()))

    def _read(self, row: Row[Any]) -> KeyT:
        values = row._asdict()
        return self._key(**values | {name: tuple(orjson.loads(values[name])) for name in self._lists})
