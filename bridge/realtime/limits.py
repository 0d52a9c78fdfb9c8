"""What a channel keeps, and what it may grow to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """Of the messages that a channel keeps, whichever is reached first; the newest one is always kept."""

    messages: int = 1_000
    bytes: int = 1_048_576
    age_seconds: int = 300
    # Of its state: one more key, or a byte more, is refused.
    keys: int = 1_000
    state_bytes: int = 1_048_576
    # How long an idempotency key is remembered.
    idempotency_seconds: int = 300
    # A channel that nobody published in for so long is forgotten; a cursor of it is then of another epoch.
    idle_seconds: int = 86_400
