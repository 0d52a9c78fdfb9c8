"""What crosses the wire about one's own session."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionShown:
    # Whichever of the two opened it; the other is null.
    device_id: str | None
    game_key_id: str | None
    tenant_id: str
    project_id: str | None
    scopes: tuple[str, ...]
    expires_in_seconds: int
    time_milliseconds: int
