"""What the gate is made of, opened with the application and closed with it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from backend.accounts.accounts import ACCOUNTS
from backend.web.keys import DATABASE, app_key
from bridge.gate.identity import bridge_id
from bridge.gate.masters import Masters
from bridge.gate.pairing.asking import Pairings
from bridge.gate.pairing.service import Approvals
from bridge.gate.pairing.sweeping import sweeping


@dataclass(frozen=True, slots=True)
class Gate:
    masters: Masters
    pairings: Pairings
    approvals: Approvals


GATE: Final = app_key("gate", Gate)


async def gate(app: web.Application) -> AsyncIterator[None]:
    """Put the gate together, with the key file of this database."""
    database, ring = app[DATABASE], app[ACCOUNTS].vault.ring
    masters = Masters(ring, await bridge_id(database))
    app[GATE] = Gate(masters, Pairings(ring, masters), Approvals(ring, masters))
    async with sweeping(database):
        yield
