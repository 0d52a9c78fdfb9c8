"""The queries of sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, insert, select, update

from backend.accounts.people.models import PersonRow
from backend.accounts.signin.models import SigninRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class Signin:
    id: str
    person_id: str
    created_at: int
    seen_at: int
    ends_at: int
    device: str
    second_factor_at: int | None
    stepped_up_at: int | None


@dataclass(frozen=True, slots=True)
class SigninFound:
    """A sign-in with what its person is by now, and the time by the database."""

    signin: Signin
    state: str
    totp_since: int | None
    now: int


_SIGNIN: Final = tuple(getattr(SigninRow, name) for name in Signin.__slots__)
_BY_DIGEST: Final = (
    select(*_SIGNIN, PersonRow.state, PersonRow.totp_since, DatabaseNow().label("now"))
    .join(PersonRow, PersonRow.id == SigninRow.person_id)
    .where(SigninRow.digest == bindparam("digest"))
)
_OF_PERSON: Final = (
    select(*_SIGNIN)
    .where(SigninRow.person_id == bindparam("person"), SigninRow.ends_at > DatabaseNow())
    .order_by(SigninRow.id.desc())
    .limit(bindparam("at_most"))
)


async def add(
    tx: Transaction, signin_id: str, person_id: str, digest: bytes, *, device: str, milliseconds: int, whole: bool
) -> Signin:
    """Keep a new sign-in; `whole` is with its second factor, or a proof as good."""
    now = DatabaseNow()
    statement = insert(SigninRow).values(
        id=signin_id,
        person_id=person_id,
        digest=digest,
        created_at=now,
        seen_at=now,
        ends_at=now + milliseconds,
        device=device,
        second_factor_at=now if whole else None,
        stepped_up_at=None,
    )
    return _signin((await tx.execute(statement.returning(*_SIGNIN))).one())


async def by_digest(tx: Transaction, digest: bytes) -> SigninFound | None:
    found = (await tx.execute(_BY_DIGEST, {"digest": digest})).first()
    return None if found is None else SigninFound(_signin(found), found.state, found.totp_since, found.now)


async def renew(
    tx: Transaction, signin_id: str, digest: bytes, *, second_factor: bool, stepped_up: bool
) -> Signin | None:
    """Give a sign-in another secret with what was proved; None if it has ended meanwhile."""
    values: dict[str, object] = {"digest": digest, "seen_at": DatabaseNow()}
    if second_factor:
        values["second_factor_at"] = DatabaseNow()
    if stepped_up:
        values["stepped_up_at"] = DatabaseNow()
    statement = update(SigninRow).where(SigninRow.id == signin_id).values(values).returning(*_SIGNIN)
    found = (await tx.execute(statement)).first()
    return None if found is None else _signin(found)


async def touch(tx: Transaction, signin_id: str) -> None:
    await tx.execute(update(SigninRow).where(SigninRow.id == signin_id).values(seen_at=DatabaseNow()))


async def of_person(tx: Transaction, person_id: str, *, at_most: int) -> Sequence[Signin]:
    """Return where somebody is signed in, the last one first."""
    return [_signin(row) for row in await tx.execute(_OF_PERSON, {"person": person_id, "at_most": at_most})]


async def end(tx: Transaction, person_id: str, signin_id: str) -> int:
    row = SigninRow
    return (await tx.execute(delete(row).where(row.id == signin_id, row.person_id == person_id))).rowcount


async def end_all(tx: Transaction, person_id: str, *, but: str | None = None) -> int:
    """End all sign-ins of somebody, except one; return how many there were."""
    row = SigninRow
    others = () if but is None else (row.id != but,)
    return (await tx.execute(delete(row).where(row.person_id == person_id, *others))).rowcount


async def end_oldest(tx: Transaction, person_id: str, *, kept: int) -> None:
    """Keep the newest sign-ins of somebody, and none that is over."""
    row = SigninRow
    newest = select(row.id).where(row.person_id == person_id, row.ends_at > DatabaseNow())
    await tx.execute(
        delete(row).where(row.person_id == person_id, row.id.not_in(newest.order_by(row.id.desc()).limit(kept)))
    )


def _signin(row: Row[Any]) -> Signin:
    return Signin(**{name: getattr(row, name) for name in Signin.__slots__})
