"""Whose session a request was signed by, for the handlers of signed routes."""

from typing import Any

from backend.web.call import Call
from bridge.gate.principal import Principal


def signed_by(call: Call[Any, Any, Any]) -> Principal:
    """Return the session; only a route that takes signed requests has one."""
    if not isinstance(call.principal, Principal):
        raise TypeError("this request was not signed by a session")
    return call.principal
