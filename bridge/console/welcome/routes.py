"""The routes of the page behind links, with its style and its script."""

from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Final

from backend.web.call import Answer, Call
from backend.web.route import PUBLIC, Route

HTML: Final = "text/html; charset=utf-8"
_PARTS: Final = (
    ("/welcome", "page.html", HTML, "The page behind links that are sent and printed"),
    ("/welcome.css", "page.css", "text/css; charset=utf-8", "Its style"),
    ("/welcome.js", "page.js", "text/javascript; charset=utf-8", "Its script"),
)


def routes() -> tuple[Route, ...]:
    return tuple(
        Route(
            method="GET",
            path=path,
            handler=_sending((files(__package__) / name).read_bytes(), content_type),
            answers={200: bytes},
            permission=PUBLIC,
            rate_class="cheap",
            summary=summary,
            content_type=content_type,
        )
        for path, name, content_type, summary in _PARTS
    )


def _sending(body: bytes, content_type: str) -> Callable[[Call[None, None, None]], Awaitable[Answer]]:
    async def get(_call: Call[None, None, None]) -> Answer:
        return Answer(200, body, content_type=content_type)

    return get
