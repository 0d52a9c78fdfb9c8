"""A session about itself; whichever scopes it has, it may ask this."""

from typing import Final

from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.route import SIGNED, IdempotentBy, Route
from bridge.gate.gatehouse import GATEHOUSE
from bridge.gate.oneself import service
from bridge.gate.oneself.schemas import SessionShown
from bridge.gate.signed.signed_by import signed_by
from bridge.wall_clock import now_milliseconds

SESSION: Final = "/v1/session"


async def get_session(call: Call[None, None, None]) -> Answer:
    return Answer(200, service.shown(signed_by(call), now_milliseconds()))


async def delete_session(call: Call[None, None, None]) -> Answer:
    await service.end(call.app[DATABASE], call.app[RIGHTS], call.app[GATEHOUSE].store, signed_by(call))
    return Answer(204)


ROUTES: Final = (
    Route(
        method="GET",
        path=SESSION,
        handler=get_session,
        answers={200: SessionShown},
        permission=SIGNED,
        signed=(),
        rate_class="read",
        summary="What one's own session is and may do",
    ),
    Route(
        method="DELETE",
        path=SESSION,
        handler=delete_session,
        answers={204: None},
        permission=SIGNED,
        signed=(),
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        own_units=True,
        summary="End one's own session",
    ),
)
