"""The rules of game keys."""

from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import GameKeyCreated, GameKeyRevoked, GameKeyRotated
from backend.accounts.audit.teller import Teller
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.keys.gamekeys.store import GAME_KEYS, GameKey
from backend.accounts.keys.service import Keys
from backend.accounts.keys.text_form import Kind
from backend.db.unit import Transaction
from backend.errors import FieldError, InvalidRequest
from backend.secret import Secret

KEYS: Final[Keys[GameKey]] = Keys(Kind.GAME, "game_keys", GAME_KEYS, GameKeyRotated, GameKeyRevoked)


async def create(tx: Transaction, by: Teller, tenant_id: str, wanted: NewGameKey) -> tuple[GameKey, Secret]:
    """Make a key, and return it with its text, which nobody is told again."""
    lists = {"universes": wanted.universes, "places": wanted.places, "networks": wanted.networks}
    faults = tuple(
        FieldError(f"/body/{name}", "One of them stands twice")
        for name, values in lists.items()
        if len(set(values)) != len(values)
    )
    if faults:
        raise InvalidRequest("A value is not what this request takes; see `errors`.", faults)
    key_id, text = await KEYS.issue(tx, tenant_id)
    made = await GAME_KEYS.add(tx, tenant_id, key_id, name=wanted.name, by=by.actor, days=wanted.days, lists=lists)
    counted = {name: len(values) for name, values in lists.items()}
    await by.tell(tx, tenant_id, GameKeyCreated(as_id(key_id), **counted, days=wanted.days))
    return made, text
