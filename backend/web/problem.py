"""Problem details (RFC 9457): how an error leaves the program, and the catalogue of all that may."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import orjson

from backend.errors import InternalError, InvalidRequest, Replayed, RequestError, ServiceError

CONTENT_TYPE: Final = "application/problem+json"

Problem = RequestError | ServiceError


def render(error: Problem, request_id: str) -> bytes:
    """Write the error for its caller: its code and sentence, and nothing of what led to it."""
    document: dict[str, object] = {
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "code": error.code,
        "detail": error.sentence,
        "request_id": request_id,
    }
    if isinstance(error, InvalidRequest) and error.errors:
        document["errors"] = error.errors
    if isinstance(error, Replayed):
        document["next"] = error.next_number
    return orjson.dumps(document)


def catalogue() -> dict[str, type[Problem]]:
    """Return every error that may be sent, by its code, in the order of their statuses."""
    found = sorted(_leaves(RequestError, ServiceError), key=lambda kind: (kind.status, kind.code))
    return {kind.code: kind for kind in found}


def from_status(status: int) -> Problem:
    """Return the error for a bare status, as aiohttp's own exceptions carry it."""
    for kind in catalogue().values():
        if kind.status == status and kind.__init__ is RequestError.__init__:
            return kind(f"{HTTPStatus(status).phrase}.")
    return InternalError("Something went wrong here; the log tells more under this request_id.")


def _leaves(*kinds: type[Problem]) -> Iterator[type[Problem]]:
    for kind in kinds:
        if "code" in vars(kind):
            yield kind
        yield from _leaves(*kind.__subclasses__())
