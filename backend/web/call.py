"""What a handler is given, and what it gives back."""

import re
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from aiohttp import web

from backend.web.caller import Caller
from backend.web.sender import Sender
from backend.web.stream_reply import Streaming

BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT")
ParamsT = TypeVar("ParamsT")

_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]{1,2048}")


# Made for every request, and a tuple in a quarter of the time of a frozen dataclass.
class Call(NamedTuple, Generic[BodyT, QueryT, ParamsT]):
    """One request, parsed: a part that the route does not declare is None."""

    body: BodyT
    query: QueryT
    params: ParamsT
    caller: Caller
    request_id: str
    app: web.Application
    sender: Sender
    # What If-Match names, where the route is idempotent by it: the version that the caller has seen.
    version: int | None = None
    # The tenant that the path names, or whose session signed this: the units of the request may touch its rows.
    tenant: str | None = None
    # The session that signed this, as whoever let it in knows it.
    principal: object = None


# Not frozen for the same reason: each field of what is frozen is set by a call.
@dataclass(slots=True)
class Answer:
    """A status and what its route declares under it: a schema's instance, ready bytes, or nothing."""

    status: int
    body: object = None
    headers: tuple[tuple[str, str], ...] = ()
    # Sent as the ETag of what the body shows, where the route declares that it has one.
    version: int | None = None
    # Where the body holds a secret that is shown once: the id of what was made. It is kept for a repeat instead of the
    # body, and the route's `again` shows what it names without the secret.
    created_id: str | None = None
    # What ready bytes are, where they are no JSON.
    content_type: str | None = None
    # What goes on after the head, where the route is one of streams.
    stream: Streaming | None = None

    def __post_init__(self) -> None:
        # Refused here, before anything is committed: the socket would refuse it when it is too late to say so.
        for name, value in self.headers:
            if _HEADER_NAME.fullmatch(name) is None or _HEADER_VALUE.fullmatch(value) is None:
                raise ValueError(f"the header {name!r} has a name or a value that may not be sent")
