"""The rules of API keys."""

from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated
from backend.accounts.audit.teller import Teller
from backend.accounts.keys.apikeys.schemas import NewApiKey
from backend.accounts.keys.apikeys.store import API_KEYS, ApiKey
from backend.accounts.keys.service import Keys
from backend.accounts.keys.text_form import Kind
from backend.accounts.people.matrix import Matrix
from backend.db.unit import Transaction
from backend.errors import FieldError, InvalidRequest
from backend.secret import Secret

KEYS: Final[Keys[ApiKey]] = Keys(Kind.API, "api_keys", API_KEYS, ApiKeyRotated, ApiKeyRevoked)


async def create(
    tx: Transaction, by: Teller, matrix: Matrix, tenant_id: str, wanted: NewApiKey
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
    key_id, text = await KEYS.issue(tx, tenant_id)
    lists = {"scopes": sorted(wanted.scopes)}
    made = await API_KEYS.add(tx, tenant_id, key_id, name=wanted.name, by=by.actor, days=wanted.days, lists=lists)
    await by.tell(tx, tenant_id, ApiKeyCreated(as_id(key_id), len(wanted.scopes), wanted.days))
    return made, text
