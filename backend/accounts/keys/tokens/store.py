"""The only place of token families that knows SQL."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from backend.accounts.keys.text_form import Kind
from backend.accounts.keys.tokens.lives import IDLE_MILLISECONDS, REVOKED_KEPT_MILLISECONDS
from backend.accounts.keys.tokens.models import TokenFamilyRow, TokenLookupRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction

# So many ended rows go with each pair that is made, which is more than a pair adds.
_REMOVED_AT_ONCE: Final = 20
_REMOVED_WITH_FAMILY: Final = 500


@dataclass(frozen=True, slots=True)
class Family:
    id: str
    key_id: str
    created_at: int
    ends_at: int
    refreshed_at: int
    revoked_at: int | None
    now: int

    @property
    def refresh_ends_at(self) -> int:
        return min(self.ends_at, self.refreshed_at + IDLE_MILLISECONDS)

    @property
    def holds(self) -> bool:
        return self.revoked_at is None and self.now < self.refresh_ends_at


@dataclass(frozen=True, slots=True)
class Lookup:
    tenant_id: str
    family_id: str
    ends_at: int
    spent_at: int | None


_FAMILY: Final = (
    TokenFamilyRow.id,
    TokenFamilyRow.key_id,
    TokenFamilyRow.created_at,
    TokenFamilyRow.ends_at,
    TokenFamilyRow.refreshed_at,
    TokenFamilyRow.revoked_at,
    DatabaseNow().label("now"),
)
_FIND: Final = select(*_FAMILY).where(
    TokenFamilyRow.tenant_id == bindparam("whose"), TokenFamilyRow.id == bindparam("wanted")
)
_FIND_TO_CHANGE: Final = _FIND.with_for_update()
_CHANGE: Final = update(TokenFamilyRow).where(
    TokenFamilyRow.tenant_id == bindparam("whose"), TokenFamilyRow.id == bindparam("wanted")
)
_REFRESHED: Final = _CHANGE.values(refreshed_at=bindparam("at"), version=TokenFamilyRow.version + 1)
_REVOKED: Final = _CHANGE.values(revoked_at=DatabaseNow(), version=TokenFamilyRow.version + 1)
_REUSED: Final = _REVOKED.values(reuse_seen_at=DatabaseNow())
_OF_KEY: Final = (TokenFamilyRow.tenant_id == bindparam("whose"), TokenFamilyRow.key_id == bindparam("key"))
_COUNT: Final = (
    select(func.count())
    .select_from(TokenFamilyRow)
    .where(
        *_OF_KEY,
        TokenFamilyRow.revoked_at.is_(None),
        TokenFamilyRow.ends_at > DatabaseNow(),
        TokenFamilyRow.refreshed_at > DatabaseNow() - IDLE_MILLISECONDS,
    )
)
_DEAD: Final = (
    select(TokenFamilyRow.id)
    .where(
        *_OF_KEY,
        or_(
            TokenFamilyRow.revoked_at <= DatabaseNow() - REVOKED_KEPT_MILLISECONDS,
            TokenFamilyRow.ends_at <= DatabaseNow(),
            TokenFamilyRow.refreshed_at <= DatabaseNow() - IDLE_MILLISECONDS,
        ),
    )
    .limit(_REMOVED_AT_ONCE)
)
_REMOVE_DEAD: Final = delete(TokenFamilyRow).where(
    TokenFamilyRow.tenant_id == bindparam("whose"), TokenFamilyRow.id.in_(_DEAD)
)
_ADD_FAMILY: Final = insert(TokenFamilyRow)
_ADD_LOOKUP: Final = insert(TokenLookupRow)
_LOOK_UP: Final = select(
    TokenLookupRow.tenant_id, TokenLookupRow.family_id, TokenLookupRow.ends_at, TokenLookupRow.spent_at
).where(
    TokenLookupRow.digest == bindparam("digest"),
    TokenLookupRow.kind == bindparam("kind"),
    TokenLookupRow.family_id == bindparam("family"),
    TokenLookupRow.ends_at > DatabaseNow(),
)
_SPEND: Final = (
    update(TokenLookupRow).where(TokenLookupRow.digest == bindparam("wanted")).values(spent_at=DatabaseNow())
)
# What another unit removes at the same moment is left to it.
_ENDED: Final = (
    select(TokenLookupRow.digest)
    .where(TokenLookupRow.ends_at <= DatabaseNow())
    .limit(_REMOVED_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_OF_FAMILY: Final = (
    select(TokenLookupRow.digest)
    .where(TokenLookupRow.tenant_id == bindparam("whose"), TokenLookupRow.family_id == bindparam("family"))
    .limit(_REMOVED_WITH_FAMILY)
    .with_for_update(skip_locked=True)
)
_REMOVE_OF_FAMILY: Final = delete(TokenLookupRow).where(TokenLookupRow.digest.in_(_OF_FAMILY))
_REMOVE_ENDED: Final = delete(TokenLookupRow).where(TokenLookupRow.digest.in_(_ENDED))


async def add(tx: Transaction, tenant_id: str, family_id: str, key_id: str, *, at: int, ends_at: int) -> Family:
    values = {"tenant_id": tenant_id, "id": family_id, "key_id": key_id, "created_at": at, "ends_at": ends_at}
    await tx.execute(_ADD_FAMILY, {**values, "refreshed_at": at, "version": 1})
    return Family(family_id, key_id, at, ends_at, refreshed_at=at, revoked_at=None, now=at)


async def find(tx: Transaction, tenant_id: str, family_id: str) -> Family | None:
    return _family((await tx.execute(_FIND, {"whose": tenant_id, "wanted": family_id})).first())


async def lock(tx: Transaction, tenant_id: str, family_id: str) -> Family | None:
    """Return a family as it is once nobody else changes it; it stays so until the unit ends."""
    found = (await tx.execute(_FIND_TO_CHANGE, {"whose": tenant_id, "wanted": family_id})).first()
    # The clock of the first statement stood still while it waited for the lock.
    return None if found is None else await find(tx, tenant_id, family_id)


async def refreshed(tx: Transaction, tenant_id: str, family: Family) -> Family:
    """Note that a family, which this unit has locked, is refreshed now."""
    await tx.execute(_REFRESHED, {"whose": tenant_id, "wanted": family.id, "at": family.now})
    return replace(family, refreshed_at=family.now)


async def revoke(tx: Transaction, tenant_id: str, family_id: str, *, is_reuse: bool = False) -> None:
    await tx.execute(_REUSED if is_reuse else _REVOKED, {"whose": tenant_id, "wanted": family_id})


async def count(tx: Transaction, tenant_id: str, key_id: str) -> int:
    """Return how many families of a key still hold."""
    return int((await tx.execute(_COUNT, {"whose": tenant_id, "key": key_id})).scalar_one())


async def remove_dead(tx: Transaction, tenant_id: str, key_id: str) -> None:
    await tx.execute(_REMOVE_DEAD, {"whose": tenant_id, "key": key_id})


async def add_token(tx: Transaction, kind: Kind, tenant_id: str, family_id: str, digest: bytes, ends_at: int) -> None:  # noqa: PLR0917 - a row's columns
    values = {"digest": digest, "kind": kind, "tenant_id": tenant_id, "family_id": family_id, "ends_at": ends_at}
    await tx.execute(_ADD_LOOKUP, values)


async def look_up(tx: Transaction, kind: Kind, family_id: str, digest: bytes) -> Lookup | None:
    """Return whose a token is, unless it has ended; a spent one is told as such."""
    found = (await tx.execute(_LOOK_UP, {"digest": digest, "kind": kind, "family": family_id})).first()
    return None if found is None else Lookup(found.tenant_id, found.family_id, found.ends_at, found.spent_at)


async def remove_of_family(tx: Transaction, tenant_id: str, family_id: str) -> None:
    """Remove as many tokens of a family as fit into a unit; the rest goes with its end."""
    await tx.execute(_REMOVE_OF_FAMILY, {"whose": tenant_id, "family": family_id})


async def spend(tx: Transaction, digest: bytes) -> None:
    await tx.execute(_SPEND, {"wanted": digest})


async def remove_ended(tx: Transaction) -> None:
    """Remove some tokens that ended, whosever they are: what nobody refreshes any more goes with the others."""
    await tx.execute(_REMOVE_ENDED)


def _family(row: Row[Any] | None) -> Family | None:
    return None if row is None else Family(**row._asdict())
