"""Who may use a route."""

from backend.errors import Unauthenticated
from backend.web.call import ANYONE, Caller
from backend.web.route import PUBLIC


def authorise(permission: str) -> Caller:
    """Return the caller, or raise: until there are accounts nobody can prove to hold more than `public`."""
    if permission != PUBLIC:
        raise Unauthenticated("This needs a person or a program that has signed in.")
    return ANYONE
