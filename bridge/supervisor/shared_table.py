"""The memory that all workers of a bridge share: a table of the core, made before they are started."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core_rs import Table


@dataclass(frozen=True, slots=True)
class SharedTable:
    """Kept for as long as workers are started: each inherits the descriptor, and tells by the epoch that it is this."""

    table: "Table"
    descriptor: int
    epoch: str

    def revoke(self) -> None:
        """Have every worker read anew what somebody may do."""
        self.table.revoke()


def make_table() -> SharedTable | None:
    """Return it, or None on a platform where a worker has to have its own."""
    if sys.platform != "linux":
        return None
    from core_rs import Table  # noqa: PLC0415 - a bridge of one process does without

    table = Table.create_shared()
    if table.descriptor is None:
        raise RuntimeError("a shared table has no descriptor")
    return SharedTable(table, table.descriptor, table.epoch)
