"""What a route can have wrong about who may use it; nothing of it may be left to the first request."""

from collections.abc import Iterator

from backend.web.access import Access
from backend.web.permission import CLASS, TENANT
from backend.web.route import EVERYBODYS, PUBLIC, SIGNED, Route
from backend.web.template import parse_template


def access_faults(route: Route, access: Access | None) -> Iterator[str]:
    try:
        names = parse_template(route.path).names
    except ValueError:
        return  # told elsewhere
    if CLASS in names and TENANT not in names:
        yield f"names a {{{CLASS}}} and not its {{{TENANT}}}"
    if route.narrowed and (TENANT not in names or CLASS in names):
        yield "is narrowed to the classes of its caller, which is for a tenant as a whole"
    if route.permission in {PUBLIC, SIGNED}:
        return
    if access is None:
        yield f"needs {route.permission!r}, and there is nobody to say who holds it"
    elif route.permission in EVERYBODYS:
        if TENANT in names:
            yield f"needs only {route.permission!r} in a tenant, which anybody of another tenant holds"
    elif route.permission not in access.permissions.names:
        yield f"needs {route.permission!r}, which the matrix does not have"
    elif TENANT not in names and route.permission not in access.permissions.platform:
        yield f"needs {route.permission!r}, which is held in a tenant, and names no {{{TENANT}}}"
