"""Refuses routes that are declared wrong, all faults at once, before anything listens."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from http import HTTPStatus
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints
from weakref import WeakKeyDictionary

from backend.db.unit import Transaction
from backend.web.access import Access
from backend.web.access_faults import access_faults
from backend.web.call import Answer, Call
from backend.web.paging import PageQuery
from backend.web.permission import TENANT
from backend.web.route import SECRET_SHOWN, SIGNED, Handler, IdempotentBy, Route
from backend.web.template import parse_template

# HEAD comes with GET; OPTIONS has nothing to say where CORS is off.
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_NO_CONTENT: Final = 204
_FIRST_AND_REPEAT: Final = 2
# Weakly: some handlers are made for one application, and hold it.
_KNOWN: Final[WeakKeyDictionary[Handler, tuple[list[Any], Any]]] = WeakKeyDictionary()


class RoutesRefused(ValueError):
    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def check(routes: Iterable[Route], access: Access | None = None) -> None:
    """Raise RoutesRefused naming every fault of every route; without `access` all of them have to be public."""
    faults: list[str] = []
    seen: dict[tuple[str, tuple[str | None, ...]], str] = {}
    for route in routes:
        faults += (f"{route.name} {fault}" for fault in (*_faults(route), *access_faults(route, access)))
        try:
            shape = parse_template(route.path).shape
        except ValueError:
            continue
        key = (route.method, shape)
        if key in seen:
            faults.append(f"{route.name} is declared twice, first as {seen[key]}")
        seen.setdefault(key, route.name)
    if faults:
        raise RoutesRefused(faults)


def _faults(route: Route) -> Iterator[str]:
    if route.method not in METHODS:
        yield f"has a method that is none of {', '.join(sorted(METHODS))}"
    for name in ("permission", "rate_class", "summary"):
        if not getattr(route, name).strip():
            yield f"has no {name}"
    yield from _path_faults(route)
    yield from _idempotency_faults(route)
    yield from _answer_faults(route)
    yield from _secret_faults(route)
    yield from _version_faults(route)
    yield from _signed_faults(route)
    if (
        route.query is not None
        and issubclass(route.query, PageQuery)
        and not _has_field(route.answers.get(200), "next")
    ):
        yield "is a list whose answer has no `next`"
    for name, kind in (("request", route.request), ("query", route.query), ("params", route.params)):
        if kind is not None and not _is_schema(kind):
            yield f"has a {name} schema that is no frozen dataclass"
    yield from _handler_faults(route)


def _path_faults(route: Route) -> Iterator[str]:
    try:
        names = parse_template(route.path).names
    except ValueError as error:
        yield f"has a path that {error}"
        return
    known = [field.name for field in fields(route.params)] if is_dataclass(route.params) else []
    if sorted(names) != sorted(known):
        yield f"names {list(names)} in its path and {known} in its params schema"


def _idempotency_faults(route: Route) -> Iterator[str]:
    if route.method == "GET":
        if route.request is not None:
            yield "is a GET with a body"
        if route.is_mutation or route.idempotent_by is IdempotentBy.ATTEMPT:
            yield "is a GET that changes something"
    elif route.idempotent_by is None:
        yield "does not say what makes it idempotent"
    if route.own_units and (route.method == "GET" or route.idempotent_by is not IdempotentBy.STATE):
        yield "opens its own units, which is for what is so afterwards, however often it is sent"
    if route.idempotent_by is IdempotentBy.BODY and route.request is None:
        yield "takes its ids from a body that it does not have"
    if route.body_limit_bytes is not None and (route.body_limit_bytes <= 0 or route.request is None):
        yield "has a body limit without a body, or below one byte"


def _answer_faults(route: Route) -> Iterator[str]:
    begins_a_stream = route.streams and HTTPStatus.SWITCHING_PROTOCOLS in route.answers
    if not begins_a_stream and not any(200 <= status < 300 for status in route.answers):  # noqa: PLR2004
        yield "declares no answer between 200 and 299"
    if route.is_mutation and any(not 200 <= status < 300 for status in route.answers):  # noqa: PLR2004
        yield "answers something else than 200 to 299 to a change; errors are raised, so that it is rolled back"
    for status, kind in route.answers.items():
        if not (kind is None or kind is bytes or _is_schema(kind)):
            yield f"answers {status} with something that is no frozen dataclass, bytes or None"
        if status == _NO_CONTENT and kind is not None:
            yield "answers 204 with a body"
    if route.streams and route.method != "GET":
        yield "is one of streams and no GET"
    if route.content_type is not None and (route.is_mutation or bytes not in route.answers.values()):
        yield "says what its bytes are, and answers with none, or with what is kept for a repeat"


def _secret_faults(route: Route) -> Iterator[str]:
    if route.again is None:
        return
    if route.idempotent_by is not IdempotentBy.KEY:
        yield "shows something again and keeps no claim of the first time"
    if len(route.answers) < _FIRST_AND_REPEAT or HTTPStatus.OK not in route.answers:
        yield "shows a secret once and does not declare 200 beside the answer with it"
    if not all(_has_field(kind, SECRET_SHOWN) for kind in route.answers.values()):
        yield f"shows a secret once, and its answers have no `{SECRET_SHOWN}`"
    hints = get_type_hints(route.again)
    if hints.pop("return", None) is not Answer or list(hints.values())[1:] != [Transaction, str]:
        yield "shows something again by what is no function of a Call, a Transaction and an id"


def _version_faults(route: Route) -> Iterator[str]:
    if route.idempotent_by is IdempotentBy.VERSION and not route.versioned and any(route.answers.values()):
        yield "takes If-Match and does not tell the new version"


def _signed_faults(route: Route) -> Iterator[str]:
    if route.also_signed is not None and (route.signed is not None or route.method != "GET"):
        yield "takes signed requests beside others, and is not a GET or takes no others"
    if route.takes_tickets and (route.also_signed is None or not _has_field(route.query, "ticket")):
        yield "takes tickets, and takes no signed requests or has no `ticket` in its query"
    if (route.signed is not None) != (route.permission == SIGNED):
        yield f"takes signed requests and does not have the permission {SIGNED!r}, or the other way round"
    if route.signed is None:
        return
    if f"{{{TENANT}}}" in route.path:
        yield f"takes signed requests, which are of the tenant of their session, and names a {{{TENANT}}}"
    if route.idempotent_by is IdempotentBy.ATTEMPT:
        yield "takes signed requests, of which each is sent again under its key, and calls each a try of its own"


def _handler_faults(route: Route) -> Iterator[str]:
    if not inspect.iscoroutinefunction(route.handler):
        yield "has a handler that is no `async def`"
        return
    taken, returned = _annotations(route.handler)
    schemas = tuple(kind or NoneType for kind in (route.request, route.query, route.params))
    if not taken or get_origin(taken[0]) is not Call or get_args(taken[0]) != schemas:
        names = ", ".join("None" if kind is NoneType else kind.__name__ for kind in schemas)
        yield f"has a handler that does not take Call[{names}]"
    if taken[1:] != ([Transaction] if route.is_mutation else []):
        yield f"has a handler that takes {'no Transaction' if route.is_mutation else 'more than a Call'}"
    if returned is not Answer:
        yield "has a handler that does not return an Answer"


def _annotations(handler: Handler) -> tuple[list[Any], Any]:
    """Return what a handler says that it takes and returns; it says the same whenever it is asked."""
    known = _KNOWN.get(handler)
    if known is None:
        hints = get_type_hints(handler)
        returned = hints.pop("return", None)
        known = _KNOWN[handler] = [hints.get(name) for name in inspect.signature(handler).parameters], returned
    return known


def _has_field(kind: type | None, name: str) -> bool:
    return is_dataclass(kind) and any(field.name == name for field in fields(kind))


def _is_schema(kind: type | None) -> bool:
    return isinstance(kind, type) and is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
