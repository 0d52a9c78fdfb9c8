"""The rules of game keys."""

from typing import Final

from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.keys.gamekeys.store import GAME_KEYS, GameKey
from backend.accounts.keys.service import Keys
from backend.accounts.keys.text_form import Kind
from backend.db.unit import Transaction
from backend.errors import FieldError, InvalidRequest
from backend.secret import Secret

KEYS: Final[Keys[GameKey]] = Keys(Kind.GAME, "game_keys", GAME_KEYS)


async def create(tx: Transaction, tenant_id: str, wanted: NewGameKey, *, by: tuple[str, str]) -> tuple[GameKey, Secret]:
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
    return await GAME_KEYS.add(tx, tenant_id, key_id, name=wanted.name, by=by, days=wanted.days, lists=lists), text
