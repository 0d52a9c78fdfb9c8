"""The rules of API keys."""

from collections.abc import Sequence
from typing import Final

from backend.accounts.keys import store as lookups
from backend.accounts.keys.apikeys import store
from backend.accounts.keys.apikeys.schemas import NewApiKey
from backend.accounts.keys.apikeys.store import ApiKey
from backend.accounts.keys.text_form import KeyKind, new_key
from backend.accounts.people.matrix import Matrix
from backend.accounts.tenants import service as tenants
from backend.db.now import DatabaseNow
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, Conflict, FieldError, InvalidRequest, NotFound
from backend.ids import new_id
from backend.secret import Secret
from backend.web.precondition import require_version

COUNTED: Final = "api_keys"
_HOUR_MILLISECONDS: Final = 3_600_000
# A text of a key that is rotated in a hurry ends, so there are never many of them.
_MOST_TEXTS: Final = 5


async def create(
    tx: Transaction, matrix: Matrix, tenant_id: str, wanted: NewApiKey, *, by: tuple[str, str]
) -> tuple[ApiKey, Secret]:
    """Make a key, and return it with its text, which nobody is told again."""
    faults = tuple(
        FieldError(f"/body/scopes/{number}", "This is no permission that a key may have")
        for number, scope in enumerate(wanted.scopes)
        if scope not in matrix.for_keys
    )
    if len(set(wanted.scopes)) != len(wanted.scopes):
        faults += (FieldError("/body/scopes", "One of them stands twice"),)
    if faults:
        raise InvalidRequest("A value is not what this request takes; see `errors`.", faults)
    await tenants.take(tx, tenant_id, COUNTED)
    key_id = new_id()
    made = new_key(KeyKind.API, key_id)
    key = await store.add(tx, tenant_id, key_id, name=wanted.name, scopes=wanted.scopes, by=by, days=wanted.days)
    await lookups.add(tx, KeyKind.API, tenant_id, key_id, made.digest)
    return key, made.text


async def key(tx: Transaction, tenant_id: str, key_id: str) -> ApiKey:
    return _there(await store.find(tx, tenant_id, key_id))


async def page(tx: Transaction, tenant_id: str, after: tuple[int | str, ...] | None, limit: int) -> Sequence[ApiKey]:
    return await store.page(tx, tenant_id, after=after, limit=limit)


async def rotate(
    tx: Transaction, rights: RightsChanges, tenant_id: str, key_id: str, overlap_hours: int
) -> tuple[ApiKey, Secret]:
    """Give a key a new text; the one before it holds for some hours more."""
    found = _there(await store.find(tx, tenant_id, key_id, for_update=True))
    if found.revoked_at is not None:
        raise Conflict("This key has been revoked; make another one.")
    await lookups.remove_ended(tx, tenant_id, key_id)
    if await lookups.count(tx, tenant_id, key_id) >= _MOST_TEXTS:
        raise Conflict(f"{_MOST_TEXTS} texts of this key still hold; wait until one of them ends, or revoke it.")
    await lookups.end_soon(tx, tenant_id, key_id, overlap_hours * _HOUR_MILLISECONDS)
    made = new_key(KeyKind.API, key_id)
    await lookups.add(tx, KeyKind.API, tenant_id, key_id, made.digest)
    await store.change(tx, tenant_id, key_id, {"rotated_at": DatabaseNow()})
    # What is kept of the old text would hold on beyond its end.
    await rights.changed(tx)
    return _there(await store.find(tx, tenant_id, key_id)), made.text


async def revoke(
    tx: Transaction, rights: RightsChanges, tenant_id: str, key_id: str, *, seen: int | None = None
) -> ApiKey:
    """End a key at once; a second time changes nothing."""
    found = _there(await store.find(tx, tenant_id, key_id, for_update=True))
    if seen is not None:
        require_version(seen, found.version)
    if found.revoked_at is None:
        await store.change(tx, tenant_id, key_id, {"revoked_at": DatabaseNow()})
        await lookups.remove(tx, tenant_id, key_id)
        await tenants.give_back(tx, tenant_id, COUNTED)
        await rights.changed(tx)
    return _there(await store.find(tx, tenant_id, key_id))


def _there(found: ApiKey | None) -> ApiKey:
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found
