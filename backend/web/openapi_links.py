"""Where an answer leads: the links of OpenAPI, from the same records as the rest of it.

From what was made to what may be asked of it, and from what was read to the changes that name the version that was
read. A program need not guess which id goes where, and the tests that send requests one after the other follow these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from http import HTTPStatus
from typing import Final, get_type_hints

from backend.web.route import IdempotentBy, Route
from backend.web.template import parse_template

Link = dict[str, object]
_ID: Final = "id"
_TAG: Final = "$response.header.ETag"


def links(route: Route, status: int, routes: Sequence[Route]) -> Iterator[tuple[Route, Link]]:
    """Yield each route that an answer of `route` leads to, with the values that it is asked with."""
    if status == HTTPStatus.CREATED:
        yield from _of_what_was_made(route, routes)
    if status == HTTPStatus.OK and not route.is_mutation and route.versioned:
        for other in routes:
            if other.path == route.path and other.idempotent_by is IdempotentBy.VERSION:
                yield other, {**_named(route), "header.If-Match": _TAG}


def _of_what_was_made(route: Route, routes: Sequence[Route]) -> Iterator[tuple[Route, Link]]:
    made = id_in(route.answers[HTTPStatus.CREATED])
    if made is None:
        return
    names = parse_template(route.path).names
    for other in routes:
        *before, last = ("", *parse_template(other.path).names)
        if before != ["", *names] or not other.path.startswith(f"{route.path}/{{{last}}}"):
            continue
        values = {**_named(route), f"path.{last}": f"$response.body#{made}"}
        if other.idempotent_by is not IdempotentBy.VERSION:
            yield other, values
        elif route.versioned:
            yield other, {**values, "header.If-Match": _TAG}


def id_in(kind: type | None) -> str | None:
    """Return where the id of what is shown stands: in the answer itself, or in the one thing that it shows."""
    if not is_dataclass(kind):
        return None
    if _ID in {field.name for field in fields(kind)}:
        return f"/{_ID}"
    shown = [name for name, type_ in get_type_hints(kind).items() if isinstance(type_, type) and id_in(type_)]
    return f"/{shown[0]}/{_ID}" if len(shown) == 1 else None


def _named(route: Route) -> Link:
    return {f"path.{name}": f"$request.path.{name}" for name in parse_template(route.path).names}
