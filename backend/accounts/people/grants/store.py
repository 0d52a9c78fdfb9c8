"""The queries of members and grants, which belong to a tenant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, insert, select, update

from backend.accounts.people.models import GrantRow, InvitationRow, MemberRow, PersonRow
from backend.accounts.people.store import StoredPerson
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into


@dataclass(frozen=True, slots=True)
class StoredGrant:
    id: str
    person_id: str
    role: str
    class_id: str | None
    until: int | None
    given_at: int
    given_by_kind: str
    given_by: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody as they stand in one tenant."""

    person: StoredPerson
    joined_at: int
    suspended_at: int | None


_GRANT: Final = tuple(getattr(GrantRow, name) for name in StoredGrant.__slots__)
_OF_TENANT: Final = select(*_GRANT).where(GrantRow.tenant_id == bindparam("whose"))
_FIND: Final = _OF_TENANT.where(GrantRow.id == bindparam("wanted"))
_OF_PERSON: Final = _OF_TENANT.where(GrantRow.person_id == bindparam("person")).order_by(GrantRow.id)
_HELD: Final = _OF_PERSON.join(
    MemberRow, (MemberRow.tenant_id == GrantRow.tenant_id) & (MemberRow.person_id == GrantRow.person_id)
).where(MemberRow.suspended_at.is_(None))
_PAGE: Final = _OF_TENANT.where(GrantRow.id > bindparam("after")).order_by(GrantRow.id).limit(bindparam("at_most"))
_MEMBERS: Final = (
    select(*(getattr(PersonRow, name) for name in StoredPerson.__slots__), MemberRow.joined_at, MemberRow.suspended_at)
    .join(MemberRow, MemberRow.person_id == PersonRow.id)
    .where(MemberRow.tenant_id == bindparam("whose"))
)
_MEMBER: Final = _MEMBERS.where(MemberRow.person_id == bindparam("person"))
_MEMBER_PAGE: Final = (
    _MEMBERS.where(MemberRow.person_id > bindparam("after")).order_by(MemberRow.person_id).limit(bindparam("at_most"))
)


async def member(tx: Transaction, tenant_id: str, person_id: str) -> Member | None:
    found = (await tx.execute(_MEMBER, {"whose": tenant_id, "person": person_id})).first()
    return None if found is None else _member(found)


async def members(tx: Transaction, tenant_id: str, *, after: str, limit: int) -> Sequence[Member]:
    """Return people of a tenant in the order of their accounts."""
    found = await tx.execute(_MEMBER_PAGE, {"whose": tenant_id, "after": after, "at_most": limit})
    return [_member(row) for row in found]


async def suspend_member(tx: Transaction, tenant_id: str, person_id: str, *, suspended: bool) -> None:
    this = (MemberRow.tenant_id == tenant_id, MemberRow.person_id == person_id)
    await tx.execute(update(MemberRow).where(*this).values(suspended_at=DatabaseNow() if suspended else None))


async def add_member(tx: Transaction, tenant_id: str, person_id: str) -> bool:
    """Make somebody a member; False who was one already."""
    values = {"tenant_id": tenant_id, "person_id": person_id, "joined_at": DatabaseNow()}
    kept = await tx.execute(insert_into(MemberRow.__table__, tx.dialect).values(**values).on_conflict_do_nothing())
    return bool(kept.rowcount)


async def remove_member(tx: Transaction, tenant_id: str, person_id: str) -> bool:
    """End a membership that holds nothing any more; False if there is none."""
    row = MemberRow
    return bool((await tx.execute(delete(row).where(row.tenant_id == tenant_id, row.person_id == person_id))).rowcount)


async def find(tx: Transaction, tenant_id: str, grant_id: str) -> StoredGrant | None:
    found = (await tx.execute(_FIND, {"whose": tenant_id, "wanted": grant_id})).first()
    return None if found is None else _grant(found)


async def of_person(tx: Transaction, tenant_id: str, person_id: str) -> Sequence[StoredGrant]:
    return [_grant(row) for row in await tx.execute(_OF_PERSON, {"whose": tenant_id, "person": person_id})]


async def held(tx: Transaction, tenant_id: str, person_id: str) -> Sequence[StoredGrant]:
    """Return what counts for somebody: nothing of who is suspended here."""
    return [_grant(row) for row in await tx.execute(_HELD, {"whose": tenant_id, "person": person_id})]


async def page(tx: Transaction, tenant_id: str, *, after: str, limit: int) -> Sequence[StoredGrant]:
    found = await tx.execute(_PAGE, {"whose": tenant_id, "after": after, "at_most": limit})
    return [_grant(row) for row in found]


async def add(
    tx: Transaction,
    tenant_id: str,
    grant_id: str,
    person_id: str,
    role: str,
    *,
    class_id: str | None,
    until: int | None,
    by: tuple[str, str],
) -> StoredGrant:
    statement = insert(GrantRow).values(
        tenant_id=tenant_id,
        id=grant_id,
        person_id=person_id,
        role=role,
        class_id=class_id,
        until=until,
        given_at=DatabaseNow(),
        given_by_kind=by[0],
        given_by=by[1],
    )
    return _grant((await tx.execute(statement.returning(*_GRANT))).one())


async def withdraw(tx: Transaction, tenant_id: str, grant_id: str) -> None:
    row = GrantRow
    await tx.execute(delete(row).where(row.tenant_id == tenant_id, row.id == grant_id))


async def has_another_with(tx: Transaction, tenant_id: str, role: str, *, but: str) -> bool:
    """Whether somebody else holds a role in the whole tenant, without an end and without being suspended."""
    statement = (
        select(GrantRow.id)
        .join(MemberRow, (MemberRow.tenant_id == GrantRow.tenant_id) & (MemberRow.person_id == GrantRow.person_id))
        .where(GrantRow.tenant_id == tenant_id, GrantRow.role == role, GrantRow.person_id != but)
        .where(GrantRow.class_id.is_(None), GrantRow.until.is_(None), MemberRow.suspended_at.is_(None))
    )
    return (await tx.execute(statement.limit(1))).first() is not None


async def holders(
    tx: Transaction, tenant_id: str, roles: Iterable[str], *, but: str, at_most: int
) -> Sequence[StoredPerson]:
    """Return active people who hold one of some roles in the whole tenant, each once."""
    holding = (
        select(GrantRow.person_id)
        .where(GrantRow.tenant_id == tenant_id, GrantRow.role.in_(list(roles)), GrantRow.class_id.is_(None))
        .where(GrantRow.person_id != but)
    )
    statement = (
        select(*(getattr(PersonRow, name) for name in StoredPerson.__slots__))
        .where(PersonRow.id.in_(holding), PersonRow.state == "active")
        .order_by(PersonRow.id)
        .limit(at_most)
    )
    return [StoredPerson(**row._asdict()) for row in await tx.execute(statement)]


def _grant(row: Row[Any]) -> StoredGrant:
    return StoredGrant(**row._asdict())


def _member(row: Row[Any]) -> Member:
    values = row._asdict()
    return Member(
        StoredPerson(**{name: values[name] for name in StoredPerson.__slots__}), row.joined_at, row.suspended_at
    )


async def forget_held(tx: Transaction, tenant_id: str, person_id: str) -> int:
    """Delete what somebody holds in a tenant, and the invitation that they accepted; return how many rows that were."""
    gone = 0
    for row in (GrantRow, InvitationRow):
        gone += (await tx.execute(delete(row).where(row.tenant_id == tenant_id, row.person_id == person_id))).rowcount
    return gone
