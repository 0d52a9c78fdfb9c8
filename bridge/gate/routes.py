"""Every route of signed requests that the gate has itself."""

from typing import Final

from backend.web.route import Route
from bridge.gate.oneself.routes import ROUTES as ONESELF
from bridge.gate.tickets.routes import ROUTES as TICKETS

ROUTES: Final[tuple[Route, ...]] = (*ONESELF, *TICKETS)
