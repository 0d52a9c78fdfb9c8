"""Commands that need the services of the gate, put together as a worker does it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bridge.cli.asked import Asked
from bridge.cli.loading import load_settings
from bridge.cli.with_database import operator_at_the_machine, vault_of, with_database

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.db.unit import Database
    from bridge.gate.pairing.service import Approvals

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lodge:
    """What a command at the gate has at hand."""

    database: "Database"
    approvals: "Approvals"
    by: "Teller"


def with_gate(asked: Asked, work: Callable[[Lodge], Awaitable[T]]) -> T:
    """Work with the services of the gate, in as many units as it takes."""
    settings = load_settings(asked).settings

    async def opened(database: "Database") -> T:
        from bridge.gate.identity import bridge_id
        from bridge.gate.masters import Masters
        from bridge.gate.pairing.service import Approvals

        ring = (await vault_of(settings, database)).ring
        masters = Masters(ring, await bridge_id(database))
        return await work(Lodge(database, Approvals(ring, masters), operator_at_the_machine(settings)))

    return with_database(asked, opened, settings)
