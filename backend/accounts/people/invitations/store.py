"""The queries of invitations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update

from backend.accounts.people.models import InvitationRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class Invitation:
    id: str
    state: str
    email: bytes | None
    role: str
    class_id: str | None
    until: int | None
    invited_at: int
    invited_by_kind: str
    invited_by: str
    ends_at: int
    person_id: str | None


_INVITATION: Final = tuple(getattr(InvitationRow, name) for name in Invitation.__slots__)
_OF_TENANT: Final = select(*_INVITATION).where(InvitationRow.tenant_id == bindparam("whose"))
_FIND: Final = _OF_TENANT.where(InvitationRow.id == bindparam("wanted"))
_FIND_TO_CHANGE: Final = _FIND.with_for_update()
_PAGE: Final = (
    _OF_TENANT.where(InvitationRow.id > bindparam("after")).order_by(InvitationRow.id).limit(bindparam("at_most"))
)
_OPEN: Final = _PAGE.where(InvitationRow.state == "open")


async def add(
    tx: Transaction,
    tenant_id: str,
    invitation_id: str,
    values: Mapping[str, object],
    *,
    by: tuple[str, str],
    ends_at: int,
) -> Invitation:
    statement = insert(InvitationRow).values(
        tenant_id=tenant_id,
        id=invitation_id,
        state="open",
        invited_at=DatabaseNow(),
        invited_by_kind=by[0],
        invited_by=by[1],
        ends_at=ends_at,
        version=1,
        **values,
    )
    return _invitation((await tx.execute(statement.returning(*_INVITATION))).one())


async def find(tx: Transaction, tenant_id: str, invitation_id: str, *, for_update: bool = False) -> Invitation | None:
    statement = _FIND_TO_CHANGE if for_update else _FIND
    found = (await tx.execute(statement, {"whose": tenant_id, "wanted": invitation_id})).first()
    return None if found is None else _invitation(found)


async def page(tx: Transaction, tenant_id: str, *, after: str, limit: int) -> Sequence[Invitation]:
    found = await tx.execute(_PAGE, {"whose": tenant_id, "after": after, "at_most": limit})
    return [_invitation(row) for row in found]


async def page_of_open(tx: Transaction, tenant_id: str, *, after: str, limit: int) -> Sequence[Invitation]:
    found = await tx.execute(_OPEN, {"whose": tenant_id, "after": after, "at_most": limit})
    return [_invitation(row) for row in found]


async def close(tx: Transaction, tenant_id: str, invitation_id: str, state: str, *, person_id: str | None) -> None:
    """Note how it ended; the address has done its work and goes."""
    row = InvitationRow
    this = (row.tenant_id == tenant_id, row.id == invitation_id)
    values = {"state": state, "person_id": person_id, "email": None, "version": row.version + 1}
    await tx.execute(update(row).where(*this).values(values))


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(**row._asdict())
