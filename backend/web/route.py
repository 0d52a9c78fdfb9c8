"""The record that says everything about one route: the router, the checks, OpenAPI and the docs read nothing else."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.web.call import Answer

PUBLIC: Final = "public"


class IdempotentBy(StrEnum):
    """What makes it safe to send the same request twice."""

    SAFE = "safe"  # it changes nothing
    KEY = "key"  # the Idempotency-Key header: claimed, and the answer kept beside the effect
    BODY = "body"  # ids inside the body name every effect; no claim is kept


# A mutation is called with the Call and its open Transaction, anything else with the Call alone. create_app compares
# the annotations of the handler with the schemas of its route, so that the two cannot drift apart.
Handler = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    method: str
    path: str
    handler: Handler
    answers: Mapping[int, type | None]
    permission: str
    rate_class: str
    summary: str
    request: type | None = None
    query: type | None = None
    params: type | None = None
    idempotent_by: IdempotentBy | None = None
    body_limit_bytes: int | None = None

    @property
    def is_mutation(self) -> bool:
        return self.idempotent_by in {IdempotentBy.KEY, IdempotentBy.BODY}

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"
