"""Who a browser's cookie stands for: a person, with what their grants amount to now."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from backend.accounts.people import rights as amounts
from backend.accounts.people import store as people
from backend.accounts.people.grants import store as grants
from backend.accounts.people.matrix import Matrix
from backend.accounts.people.rights import Grant
from backend.accounts.signin.sessions import store as sessions
from backend.accounts.signin.sessions.service import IDLE_MILLISECONDS, NOTED_APART_MILLISECONDS, digest_of
from backend.accounts.signin.sessions.store import SigninFound
from backend.accounts.tenants import store as tenants
from backend.db.unit import Database, Transaction
from backend.secret import Secret
from backend.web.caller import Caller, CallerKind
from backend.web.known_callers import Found

_ACTIVE: Final = "active"


@dataclass(frozen=True, slots=True)
class _Begun:
    found: SigninFound
    platform: tuple[Grant, ...]
    tenants: tuple[str, ...]


async def signed_in(database: Database, matrix: Matrix, secret: Secret) -> Found | None:
    """Return the person of a sign-in, None if it does not hold."""
    begun = await database.read(lambda tx: _begin(tx, digest_of(secret)))
    if begun is None:
        return None
    signin, now = begun.found.signin, begun.found.now
    seconds = min(signin.ends_at - now, signin.seen_at + IDLE_MILLISECONDS - now) / 1000
    if seconds <= 0 or begun.found.state != _ACTIVE:
        return None
    if now - signin.seen_at >= NOTED_APART_MILLISECONDS:
        await database.write(lambda tx: sessions.touch(tx, signin.id))
    has_second_factor = signin.second_factor_at is not None
    if begun.found.totp_since is not None and not has_second_factor:
        half = Caller(kind=CallerKind.PERSON, id=signin.person_id, signin_id=signin.id, is_half=True)
        return Found(half, seconds)
    held = await _held(database, matrix, begun, now)
    caller = Caller(
        kind=CallerKind.PERSON,
        id=signin.person_id,
        rights=held.tenants,
        platform=held.platform,
        has_second_factor=has_second_factor,
        stepped_up_at=signin.stepped_up_at,
        signin_id=signin.id,
    )
    ends = seconds if held.ends_at is None else min(seconds, (held.ends_at - now) / 1000)
    return Found(caller, ends)


async def _begin(tx: Transaction, digest: bytes) -> _Begun | None:
    found = await sessions.by_digest(tx, digest)
    if found is None:
        return None
    person_id = found.signin.person_id
    roles = await people.platform_roles(tx, person_id)
    platform = tuple(Grant(role, "platform", until=until) for role, until in roles)
    return _Begun(found, platform, tuple(await people.tenants_of(tx, person_id)))


async def _held(database: Database, matrix: Matrix, begun: _Begun, now: int) -> amounts.Held:
    given = list(begun.platform)
    schools: dict[str, list[str]] = {}
    for tenant_id in begun.tenants:
        unit = partial(_in_tenant, tenant_id=tenant_id, person_id=begun.found.signin.person_id)
        in_tenant, of_district = await database.read(unit, tenant=tenant_id)
        given += in_tenant
        if of_district is not None:
            schools[tenant_id] = of_district
    return amounts.held(matrix, given, schools=schools, at=now)


async def _in_tenant(tx: Transaction, tenant_id: str, person_id: str) -> tuple[list[Grant], list[str] | None]:
    tenant = await tenants.find(tx, tenant_id)
    if tenant is None or tenant.state != _ACTIVE:
        return [], None
    held = await grants.held(tx, tenant_id, person_id)
    given = [
        Grant(each.role, "tenant" if each.class_id is None else "class", tenant_id, each.class_id, each.until)
        for each in held
    ]
    return given, [*await tenants.active_schools(tx, tenant_id)] if tenant.kind == "district" else None
