"""What crosses the wire of API keys."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.accounts.keys.schemas import Days, Name

Scope = Annotated[str, Field(max_length=64)]


@dataclass(frozen=True, slots=True)
class NewApiKey:
    name: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=64, description="Permissions for keys")]
    days: Days = 365


@dataclass(frozen=True, slots=True)
class ApiKeyShown:
    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    ends_at: int
    used_at: int | None
    rotated_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class ApiKeysShown:
    api_keys: tuple[ApiKeyShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ApiKeySecretShown:
    """A key with its text, or without on a repeat."""

    api_key: ApiKeyShown
    text: str | None
    secret_shown: bool
