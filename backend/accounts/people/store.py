"""The queries of people, who belong to no tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from backend.accounts.people.models import PersonRow, PersonTenantRow, PlatformGrantRow, RecoveryCodeRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A row of people, its fields as they are kept."""

    id: str
    state: str
    wrapped_key: bytes | None
    email: bytes | None
    name: bytes | None
    locale: str
    password_hash: str | None
    totp: bytes | None
    totp_since: int | None
    totp_step: int | None
    created_at: int
    version: int


_PERSON: Final = tuple(getattr(PersonRow, name) for name in StoredPerson.__slots__)
_FIND: Final = select(*_PERSON).where(PersonRow.id == bindparam("wanted"))
_FIND_TO_CHANGE: Final = _FIND.with_for_update()
_BY_DIGEST: Final = select(*_PERSON).where(PersonRow.email_digest.in_(bindparam("digests", expanding=True)))
_UNDER_OLD: Final = (
    select(*_PERSON)
    .where(PersonRow.digest_version != bindparam("version"), PersonRow.email.is_not(None))
    .order_by(PersonRow.id)
    .limit(bindparam("at_most"))
)
_EVERY: Final = select(*_PERSON).where(PersonRow.id > bindparam("after")).order_by(PersonRow.id)
_PAGE: Final = _EVERY.limit(bindparam("at_most"))
_TENANTS: Final = (
    select(PersonTenantRow.tenant_id)
    .where(PersonTenantRow.person_id == bindparam("wanted"))
    .order_by(PersonTenantRow.tenant_id)
)
_PLATFORM: Final = select(PlatformGrantRow.role, PlatformGrantRow.until).where(
    PlatformGrantRow.person_id == bindparam("wanted")
)


async def find(tx: Transaction, person_id: str, *, for_update: bool = False) -> StoredPerson | None:
    found = (await tx.execute(_FIND_TO_CHANGE if for_update else _FIND, {"wanted": person_id})).first()
    return None if found is None else _person(found)


async def by_digest(tx: Transaction, digests: Sequence[bytes]) -> StoredPerson | None:
    """Return who is found by one of the digests that an address may have."""
    found = (await tx.execute(_BY_DIGEST, {"digests": list(digests)})).first()
    return None if found is None else _person(found)


async def page(tx: Transaction, *, after: str, limit: int) -> Sequence[StoredPerson]:
    return [_person(row) for row in await tx.execute(_PAGE, {"after": after, "at_most": limit})]


async def under_another_version(tx: Transaction, version: int, *, at_most: int) -> Sequence[StoredPerson]:
    """Return people whose address is found by a digest of another version than this."""
    return [_person(row) for row in await tx.execute(_UNDER_OLD, {"version": version, "at_most": at_most})]


async def counts_by_digest(tx: Transaction) -> dict[int, int]:
    """Return how many people are found by a digest of each version."""
    statement = (
        select(PersonRow.digest_version, func.count().label("people"))
        .where(PersonRow.email.is_not(None))
        .group_by(PersonRow.digest_version)
    )
    return {row.digest_version: row.people for row in await tx.execute(statement)}


async def add(tx: Transaction, values: Mapping[str, object]) -> StoredPerson:
    statement = insert(PersonRow).values(**values, state="active", created_at=DatabaseNow(), version=1)
    return _person((await tx.execute(statement.returning(*_PERSON))).one())


async def change(tx: Transaction, person_id: str, values: Mapping[str, object]) -> None:
    statement = update(PersonRow).where(PersonRow.id == person_id)
    await tx.execute(statement.values(**values, version=PersonRow.version + 1))


async def tenants_of(tx: Transaction, person_id: str) -> Sequence[str]:
    return (await tx.execute(_TENANTS, {"wanted": person_id})).scalars().all()


async def add_tenant(tx: Transaction, person_id: str, tenant_id: str) -> None:
    """Note that somebody holds something in a tenant."""
    values = {"person_id": person_id, "tenant_id": tenant_id}
    await tx.execute(insert_into(PersonTenantRow.__table__, tx.dialect).values(**values).on_conflict_do_nothing())


async def remove_tenant(tx: Transaction, person_id: str, tenant_id: str) -> None:
    row = PersonTenantRow
    await tx.execute(delete(row).where(row.person_id == person_id, row.tenant_id == tenant_id))


async def platform_roles(tx: Transaction, person_id: str) -> Sequence[tuple[str, int | None]]:
    return [(row.role, row.until) for row in await tx.execute(_PLATFORM, {"wanted": person_id})]


async def give_platform_role(tx: Transaction, person_id: str, role: str) -> bool:
    """Give somebody a role on the platform; False who holds it already."""
    values = {"person_id": person_id, "role": role, "given_at": DatabaseNow(), "until": None}
    given = await tx.execute(
        insert_into(PlatformGrantRow.__table__, tx.dialect).values(**values).on_conflict_do_nothing()
    )
    return bool(given.rowcount)


async def withdraw_platform_role(tx: Transaction, person_id: str, role: str) -> int:
    row = PlatformGrantRow
    return (await tx.execute(delete(row).where(row.person_id == person_id, row.role == role))).rowcount


async def holders_of(tx: Transaction, role: str, *, at_most: int) -> Sequence[str]:
    """Return some who hold a role on the platform and are active."""
    statement = (
        select(PlatformGrantRow.person_id)
        .join(PersonRow, PersonRow.id == PlatformGrantRow.person_id)
        .where(PlatformGrantRow.role == role, PersonRow.state == "active")
    )
    return (await tx.execute(statement.limit(at_most))).scalars().all()


async def recovery_codes(tx: Transaction, person_id: str) -> Sequence[bytes]:
    return (
        (await tx.execute(select(RecoveryCodeRow.digest).where(RecoveryCodeRow.person_id == person_id))).scalars().all()
    )


async def replace_recovery_codes(tx: Transaction, person_id: str, digests: Sequence[bytes]) -> None:
    await tx.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    if digests:
        await tx.execute(insert(RecoveryCodeRow).values([{"person_id": person_id, "digest": each} for each in digests]))


async def use_recovery_code(tx: Transaction, person_id: str, digest: bytes) -> bool:
    """Use a code up; False if somebody else has done so meanwhile."""
    row = RecoveryCodeRow
    return bool((await tx.execute(delete(row).where(row.person_id == person_id, row.digest == digest))).rowcount)


def _person(row: Row[Any]) -> StoredPerson:
    return StoredPerson(**row._asdict())


async def stop(tx: Transaction, person_id: str) -> None:
    """Let somebody do nothing more, and come in nowhere; who was erased stays erased."""
    statement = update(PersonRow).where(PersonRow.id == person_id, PersonRow.state == "active")
    await tx.execute(statement.values(state="suspended"))


async def erase(tx: Transaction, person_id: str) -> int:
    """Take away all that is kept of somebody but that there was an account; return how many rows that changed."""
    gone = 0
    for row in (RecoveryCodeRow, PlatformGrantRow, PersonTenantRow):
        gone += (await tx.execute(delete(row).where(row.person_id == person_id))).rowcount
    nothing: dict[str, object] = dict.fromkeys(
        ("wrapped_key", "email", "email_digest", "name", "password_hash", "totp", "totp_since", "totp_step")
    )
    statement = update(PersonRow).where(PersonRow.id == person_id, PersonRow.state != "erased")
    return gone + (await tx.execute(statement.values(state="erased", **nothing))).rowcount
