"""Every route of the gate."""

from typing import Final

from backend.web.route import Route
from bridge.gate.devices import routes as devices
from bridge.gate.oneself import routes as oneself
from bridge.gate.pairing import routes as pairing
from bridge.gate.sessions import routes as sessions
from bridge.gate.tickets import routes as tickets

ROUTES: Final[tuple[Route, ...]] = (
    *pairing.ROUTES,
    *devices.ROUTES,
    *sessions.ROUTES,
    *oneself.ROUTES,
    *tickets.ROUTES,
)
