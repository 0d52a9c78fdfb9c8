"""API keys in their table."""

from dataclasses import dataclass
from typing import Final

from backend.accounts.keys.apikeys.models import ApiKeyRow
from backend.accounts.keys.store import Key, KeyTable


@dataclass(frozen=True, slots=True)
class ApiKey(Key):
    scopes: tuple[str, ...]


API_KEYS: Final = KeyTable(ApiKeyRow, ApiKey)
