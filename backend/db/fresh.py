"""What `enqueue` asks of the outbox runner in its own process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row as its handler sees it. `id` is never given out again: use it as the idempotency key of what you call."""

    id: int
    tenant_id: str | None
    kind: str
    order_key: str | None
    body: JsonObject
    attempts: int
    """Counts this attempt: 1 at the first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A row leased to this process; only the holder of the token can finish it."""

    row: OutboxRow
    token: str
    until: float
    """When the lease ends, by this process's monotonic clock; rather a little too early than too late."""


class FreshRows(Protocol):
    """The runner of this process, as far as a row that is being written concerns it."""

    def knows(self, kind: str) -> bool: ...

    def offer(self, taken: Taken) -> None:
        """Run a row that was committed a moment ago, already leased to this process. Called in the loop's thread."""
        ...
