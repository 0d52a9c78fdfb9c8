"""Where a session gets a ticket for a client of its own that can set no headers."""

from typing import Final

from backend.web.call import Answer, Call
from backend.web.route import SIGNED, IdempotentBy, Route
from bridge.gate.gatehouse import GATEHOUSE
from bridge.gate.signed.signed_by import signed_by
from bridge.gate.tickets.schemas import NewTicket, TicketShown
from bridge.gate.tickets.service import TICKET_SECONDS, Tickets

TICKETS: Final = "/v1/tickets"


async def post_ticket(call: Call[NewTicket, None, None]) -> Answer:
    gate = call.app[GATEHOUSE]
    tickets = Tickets(gate.masters, gate.records, gate.store)
    made = tickets.make(signed_by(call), call.body.method, call.body.path)
    return Answer(201, TicketShown(made, TICKET_SECONDS))


ROUTES: Final = (
    Route(
        method="POST",
        path=TICKETS,
        handler=post_ticket,
        request=NewTicket,
        answers={201: TicketShown},
        permission=SIGNED,
        signed=(),
        rate_class="write",
        # A repeat gets another ticket for the same thing; nothing is kept of either.
        idempotent_by=IdempotentBy.SAFE,
        summary="A ticket for one request of a client that can set no headers",
    ),
)
