"""The record that says everything about one route: the router, the checks, OpenAPI and the docs read nothing else."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.web.call import Answer

# Permissions that need no grant: for who says nothing of themselves, who has signed in, who has just proved it anew.
PUBLIC: Final = "public"
SIGNED_IN: Final = "signed_in"
STEPPED_UP: Final = "stepped_up"
EVERYBODYS: Final = frozenset({PUBLIC, SIGNED_IN, STEPPED_UP})
# The field of an answer with a secret that tells the first time from a repeat.
SECRET_SHOWN: Final = "secret_shown"  # noqa: S105 - a name


class IdempotentBy(StrEnum):
    """What makes it safe to send the same request twice."""

    SAFE = "safe"  # it changes nothing
    KEY = "key"  # the Idempotency-Key header: claimed, and the answer kept beside the effect
    BODY = "body"  # ids inside the body name every effect; no claim is kept
    STATE = "state"  # the address names what is so afterwards, however often it is sent; no claim is kept
    VERSION = "version"  # the If-Match header: of two alike, the second finds another version; no claim is kept
    ATTEMPT = "attempt"  # nothing: each sending is a try of its own, and the handler opens its own units


# A mutation is called with the Call and its open Transaction, anything else with the Call alone. create_app compares
# the annotations of the handler with the schemas of its route, so that the two cannot drift apart.
Handler = Callable[..., Awaitable[Answer]]
# Called with the Call, its Transaction and the id of what was made the first time.
Again = Callable[..., Awaitable[Answer]]


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
    # The answers carry an ETag, which If-Match names.
    versioned: bool = False
    # A list that the handler narrows to the classes of its caller, if their permission holds in these alone.
    narrowed: bool = False
    # The first answer holds a secret, and is not kept: a repeat is answered with 200 and what this shows instead.
    again: Again | None = None

    @property
    def is_mutation(self) -> bool:
        return self.idempotent_by in {IdempotentBy.KEY, IdempotentBy.BODY, IdempotentBy.STATE, IdempotentBy.VERSION}

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"
