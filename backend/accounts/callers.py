"""Who a request comes from: what its credential amounts to in the tables of accounts."""

from collections.abc import Callable
from typing import Final

from backend.accounts.keys.apikeys.store import API_KEYS, ApiKey
from backend.accounts.keys.lookups import store as lookups
from backend.accounts.keys.lookups.store import Lookup
from backend.accounts.keys.text_form import CredentialRefused, Kind, hash_secret, parse
from backend.accounts.people.matrix import Matrix
from backend.accounts.signin.caller import signed_in
from backend.accounts.tenants import store as tenants
from backend.db.unit import Database, Transaction
from backend.web.caller import Caller, CallerKind, Reach, Rights
from backend.web.credentials import CredentialKind, Credentials
from backend.web.known_callers import Found, LookUp

# The last use of a key is told to about a minute: a write for each request would cost more than the request.
USE_NOTED_APART_MILLISECONDS: Final = 60_000


def look_up(database: Callable[[], Database], matrix: Matrix) -> LookUp:
    """Return what an authenticator asks; the database is named when it is needed, as it is opened later."""

    async def caller(credentials: Credentials) -> Found | None:
        if credentials.kind is CredentialKind.SIGNIN:
            return await signed_in(database(), matrix, credentials.secret)
        return await _api_key(database(), matrix, credentials)

    return caller


async def _api_key(database: Database, matrix: Matrix, credentials: Credentials) -> Found | None:
    try:
        key_text = parse(credentials.secret.reveal(), Kind.API)
    except CredentialRefused:
        return None  # told in the same words as every other that does not hold

    async def by_digest(tx: Transaction) -> Lookup | None:
        return await lookups.find(tx, Kind.API, key_text.id, hash_secret(key_text.secret))

    lookup = await database.read(by_digest)
    if lookup is None:
        return None

    async def held(tx: Transaction) -> tuple[ApiKey, tuple[str, ...]] | None:
        key = await API_KEYS.find(tx, lookup.tenant_id, lookup.key_id)
        tenant = await tenants.find(tx, lookup.tenant_id)
        if key is None or tenant is None or tenant.state != "active" or key.revoked_at is not None:
            return None
        is_district = tenant.kind == "district"
        return key, tuple(await tenants.active_schools(tx, tenant.id)) if is_district else ()

    found = await database.read(held, tenant=lookup.tenant_id)
    if found is None:
        return None
    key, schools = found
    ends_at = key.ends_at if lookup.ends_at is None else min(key.ends_at, lookup.ends_at)
    if ends_at <= lookup.now:
        return None
    await _note_use(database, lookup, key)
    caller = Caller(
        kind=CallerKind.API_KEY,
        id=key.id,
        tenant_id=lookup.tenant_id,
        rights=_rights(matrix, lookup.tenant_id, schools, frozenset(key.scopes)),
    )
    return Found(caller, (ends_at - lookup.now) / 1000)


def _rights(matrix: Matrix, tenant_id: str, schools: tuple[str, ...], scopes: frozenset[str]) -> dict[str, Rights]:
    """What a key may do; a scope that this release gives to no key counts for nothing."""
    allowed = scopes & matrix.for_keys
    covering = Rights(Reach(allowed & matrix.covering))
    return {tenant_id: Rights(Reach(allowed)), **dict.fromkeys(schools, covering)}


async def _note_use(database: Database, lookup: Lookup, key: ApiKey) -> None:
    if key.used_at is not None and lookup.now - key.used_at < USE_NOTED_APART_MILLISECONDS:
        return

    async def unit(tx: Transaction) -> None:
        await API_KEYS.touch(tx, lookup.tenant_id, key.id, apart_milliseconds=USE_NOTED_APART_MILLISECONDS)

    await database.write(unit, tenant=lookup.tenant_id)
