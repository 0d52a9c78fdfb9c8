"""What the web layer finds in the application; `bridge/keys.py` lists these together with all others."""

from typing import Final, TypeVar

from aiohttp import web

from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database
from backend.web.boundary import Boundary
from backend.web.caller_address import CallerAddress
from backend.web.drain import Drain
from backend.web.exchange import Observe
from backend.web.unproven import Unproven

T = TypeVar("T")


def app_key(name: str, kind: type[T]) -> web.AppKey[T]:
    """Make a key under which a domain finds what is its own; only this layer knows aiohttp."""
    return web.AppKey(name, kind)


DATABASE: Final[web.AppKey[Database]] = web.AppKey("database")
RIGHTS: Final[web.AppKey[RightsChanges]] = web.AppKey("rights", RightsChanges)
BOUNDARY: Final[web.AppKey[Boundary]] = web.AppKey("boundary", Boundary)
DRAIN: Final[web.AppKey[Drain]] = web.AppKey("drain", Drain)
ADDRESSES: Final[web.AppKey[CallerAddress]] = web.AppKey("addresses", CallerAddress)
UNPROVEN: Final[web.AppKey[Unproven]] = web.AppKey("unproven", Unproven)
OBSERVE: Final[web.AppKey[Observe]] = web.AppKey("observe")
