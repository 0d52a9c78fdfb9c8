"""Who a request comes from: what its credential amounts to in the tables of accounts."""

from collections.abc import Callable
from typing import Final

from backend.accounts.keys.apikeys.holding import Holding, holding
from backend.accounts.keys.apikeys.store import API_KEYS, ApiKey
from backend.accounts.keys.lookups import store as lookups
from backend.accounts.keys.lookups.store import Lookup
from backend.accounts.keys.text_form import PREFIX, CredentialRefused, Kind, hash_secret, parse
from backend.accounts.keys.tokens import service as tokens
from backend.accounts.people.matrix import Matrix
from backend.accounts.signin.caller import signed_in
from backend.db.unit import Database, Transaction
from backend.web.caller import Caller, CallerKind, Reach, Rights
from backend.web.credentials import CredentialKind, Credentials
from backend.web.known_callers import Found, LookUp

# The last use of a key is told to about a minute: a write for each request would cost more than the request.
USE_NOTED_APART_MILLISECONDS: Final = 60_000
_ACCESS: Final = f"{PREFIX}_{Kind.ACCESS}_"


def look_up(database: Callable[[], Database], matrix: Matrix) -> LookUp:
    """Return what an authenticator asks; the database is named when it is needed, as it is opened later."""

    async def caller(credentials: Credentials) -> Found | None:
        if credentials.kind is CredentialKind.SIGNIN:
            return await signed_in(database(), matrix, credentials.secret)
        is_token = credentials.secret.reveal().startswith(_ACCESS)
        return await (_access_token if is_token else _api_key)(database(), matrix, credentials)

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
    found = await database.read(lambda tx: holding(tx, lookup.tenant_id, lookup.key_id), tenant=lookup.tenant_id)
    if found is None:
        return None
    ends_at = found.key.ends_at if lookup.ends_at is None else min(found.key.ends_at, lookup.ends_at)
    if ends_at <= lookup.now:
        return None
    await _note_use(database, lookup.tenant_id, found.key, lookup.now)
    return Found(_caller(matrix, lookup.tenant_id, found), (ends_at - lookup.now) / 1000)


async def _access_token(database: Database, matrix: Matrix, credentials: Credentials) -> Found | None:
    found = await tokens.held(database, credentials.secret.reveal())
    if found is None:
        return None
    await _note_use(database, found.tenant_id, found.of_key.key, found.now)
    caller = _caller(matrix, found.tenant_id, found.of_key, family_id=found.family_id)
    return Found(caller, (found.ends_at - found.now) / 1000)


def _caller(matrix: Matrix, tenant_id: str, found: Holding, *, family_id: str | None = None) -> Caller:
    """A token is its key in all but the text, so that a change may be repeated with the token after it."""
    return Caller(
        kind=CallerKind.API_KEY,
        id=found.key.id,
        tenant_id=tenant_id,
        rights=_rights(matrix, tenant_id, found.schools, frozenset(found.key.scopes)),
        family_id=family_id,
    )


def _rights(matrix: Matrix, tenant_id: str, schools: tuple[str, ...], scopes: frozenset[str]) -> dict[str, Rights]:
    """What a key may do; a scope that this release gives to no key counts for nothing."""
    allowed = scopes & matrix.for_keys
    covering = Rights(Reach(allowed & matrix.covering))
    return {tenant_id: Rights(Reach(allowed)), **dict.fromkeys(schools, covering)}


async def _note_use(database: Database, tenant_id: str, key: ApiKey, now: int) -> None:
    if key.used_at is not None and now - key.used_at < USE_NOTED_APART_MILLISECONDS:
        return

    async def unit(tx: Transaction) -> None:
        await API_KEYS.touch(tx, tenant_id, key.id, apart_milliseconds=USE_NOTED_APART_MILLISECONDS)

    await database.write(unit, tenant=tenant_id)
