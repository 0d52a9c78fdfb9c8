"""GET /api/v1/about: what a client asks first."""

from backend.web.call import Answer, Call
from backend.web.route import PUBLIC, Route
from bridge.about.schemas import About
from bridge.about.service import about
from bridge.settings import Settings


def routes(settings: Settings) -> tuple[Route, ...]:
    shown = about(settings)

    async def get_about(_call: Call[None, None, None]) -> Answer:
        return Answer(200, shown)

    return (
        Route(
            method="GET",
            path="/api/v1/about",
            handler=get_about,
            answers={200: About},
            permission=PUBLIC,
            rate_class="cheap",
            summary="Name, version, spoken protocol versions and limits of this bridge",
        ),
    )
