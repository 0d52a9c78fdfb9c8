"""What a load balancer or the supervisor asks; the details are on the ops listener only."""

from typing import Final

from backend.web.call import Answer, Call
from backend.web.drain import Drain
from backend.web.route import PUBLIC, Route
from bridge.health.readiness import Readiness
from bridge.health.schemas import Health

_OK: Final = Answer(200, Health("ok"))
_UNAVAILABLE: Final = Answer(503, Health("unavailable"))


def routes(readiness: Readiness, drain: Drain) -> tuple[Route, ...]:
    async def get_live(_call: Call[None, None, None]) -> Answer:
        return _OK

    async def get_ready(_call: Call[None, None, None]) -> Answer:
        return _OK if not drain.active and await readiness.is_ready() else _UNAVAILABLE

    return (
        Route(
            method="GET",
            path="/health/live",
            handler=get_live,
            answers={200: Health},
            permission=PUBLIC,
            rate_class="health",
            summary="Whether this process answers at all",
        ),
        Route(
            method="GET",
            path="/health/ready",
            handler=get_ready,
            answers={200: Health, 503: Health},
            permission=PUBLIC,
            rate_class="health",
            summary="Whether this process can do its work now",
        ),
    )
