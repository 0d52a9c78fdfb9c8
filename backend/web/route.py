"""The record that says everything about one route: the router, the checks, OpenAPI and the docs read nothing else."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from backend.web.call import Answer

# Permissions that need no grant: for everybody; for whoever says who they are, programs too; for a person who has
# signed in, be it without the second factor that they have; for one who has done so whole; for one who has just proved
# it anew.
PUBLIC: Final = "public"
SIGNED_IN: Final = "signed_in"
HALF_IN_PERSON: Final = "half_in_person"
IN_PERSON: Final = "in_person"
STEPPED_UP: Final = "stepped_up"
# Not of a caller but of a session: each request is signed, and the route names the scopes that it takes.
SIGNED: Final = "signed"
OF_PEOPLE: Final = frozenset({HALF_IN_PERSON, IN_PERSON, STEPPED_UP})
EVERYBODYS: Final = frozenset({PUBLIC, SIGNED_IN}) | OF_PEOPLE
# The field of an answer with a secret that tells the first time from a repeat.
SECRET_SHOWN: Final = "secret_shown"  # noqa: S105 - a name


class IdempotentBy(StrEnum):
    """What makes it safe to send the same request twice."""

    SAFE = "safe"  # it changes nothing
    KEY = "key"  # the Idempotency-Key header: claimed, and the answer kept beside the effect
    BODY = "body"  # ids inside the body name every effect; no claim is kept
    STATE = "state"  # the address names what is so afterwards, however often it is sent; no claim is kept
    ATTEMPT = "attempt"  # each sending is a try of its own, such as a sign-in: the handler opens its own units
    VERSION = "version"  # the If-Match header: of two alike, the second finds another version; no claim is kept


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
    # The handler opens its own units: something is left to do between the commit and the answer.
    own_units: bool = False
    # A list that the handler narrows to the classes of its caller, if their permission holds in these alone.
    narrowed: bool = False
    # The first answer holds a secret, and is not kept: a repeat is answered with 200 and what this shows instead.
    again: Again | None = None
    # What its ready bytes are, where they are no JSON: each answer of the route that has such bytes says the same.
    content_type: str | None = None
    # Its answer under the first status that it declares is a head, and what follows goes on until one side ends it.
    streams: bool = False
    # The scopes of which a session has to have all where it takes signed requests too, beside those of `permission`.
    also_signed: tuple[str, ...] | None = None
    # It takes the ticket of a session too, as `ticket` in its query.
    takes_tickets: bool = False
    # The scopes of which a session has to have all, where the route takes signed requests; it takes no others then.
    signed: tuple[str, ...] | None = None
    # Made once, as every request asks for them.
    name: str = field(init=False, repr=False, compare=False)
    is_mutation: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        changing = {IdempotentBy.KEY, IdempotentBy.BODY, IdempotentBy.STATE, IdempotentBy.VERSION}
        object.__setattr__(self, "name", f"{self.method} {self.path}")
        # Whether its handler is called in a unit of work.
        is_mutation = self.idempotent_by in changing and not self.own_units
        object.__setattr__(self, "is_mutation", is_mutation)
