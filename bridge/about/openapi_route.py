"""GET /api/v1/openapi.json: every route of this bridge, this one included."""

from collections.abc import Iterable
from functools import cache

import orjson

from backend.web import declaration, openapi
from backend.web.access import Access
from backend.web.call import Answer, Call
from backend.web.route import PUBLIC, Route
from bridge.about.service import NAME, installed_version


def with_openapi(others: Iterable[Route], access: Access | None = None) -> tuple[Route, ...]:
    """Return the routes together with the one that describes them all; RoutesRefused if one is declared wrong."""
    described = tuple(others)

    @cache
    def written() -> bytes:
        # When it is first asked for: it takes as long as the rest of the application.
        return orjson.dumps(openapi.document(every, title=NAME, version=installed_version()))

    async def get_openapi(_call: Call[None, None, None]) -> Answer:
        return Answer(200, written())

    route = Route(
        method="GET",
        path="/api/v1/openapi.json",
        handler=get_openapi,
        answers={200: bytes},
        permission=PUBLIC,
        rate_class="cheap",
        summary="This description of all routes (OpenAPI 3.1)",
    )
    every = (*described, route)
    declaration.check(every, access)
    return every
