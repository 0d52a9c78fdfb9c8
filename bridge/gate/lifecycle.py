"""What the gate is made of, opened with the application and closed with it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from backend.accounts.accounts import ACCOUNTS
from backend.web.keys import DATABASE, app_key
from bridge.gate.gatehouse import GATEHOUSE
from bridge.gate.identity import bridge_id
from bridge.gate.limits import RuleBook
from bridge.gate.masters import Masters
from bridge.gate.masters_watch import watched
from bridge.gate.pairing.asking import Pairings
from bridge.gate.pairing.service import Approvals
from bridge.gate.pairing.sweeping import sweeping
from bridge.gate.sessions.sessions import SESSIONS, Limits, put_together


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


def sessions(book: RuleBook, body_limit_bytes: int) -> Callable[[web.Application], AsyncIterator[None]]:
    """Return what opens sessions, and has the gate follow the key file; the gatehouse comes before it."""
    limits = Limits(book.rule("session").count, body_limit_bytes)

    async def opened(app: web.Application) -> AsyncIterator[None]:
        gatehouse = app[GATEHOUSE]
        masters, store = gatehouse.masters, gatehouse.store
        app[SESSIONS] = put_together(masters, store, lambda: app[DATABASE], limits)
        async with watched(masters, store.replace_masters):
            yield

    return opened
