"""Game keys in their table."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.keys.gamekeys.models import GameKeyRow
from backend.accounts.keys.store import Key, KeyTable


@dataclass(frozen=True, slots=True)
class GameKey(Key):
    """Where it may be used; no places or networks are all of them."""

    universes: tuple[int, ...]
    places: tuple[int, ...]
    networks: tuple[str, ...]


GAME_KEYS: Final = KeyTable(GameKeyRow, GameKey)
