"""What the web layer finds in the application; `bridge/keys.py` lists these together with all others."""

from typing import Final

from aiohttp import web

from backend.accounts.audit.service import AuditTrail
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database
from backend.web.boundary import Boundary
from backend.web.drain import Drain
from backend.web.exchange import Observe

DATABASE: Final[web.AppKey[Database]] = web.AppKey("database")
RIGHTS: Final[web.AppKey[RightsChanges]] = web.AppKey("rights", RightsChanges)
AUDIT: Final[web.AppKey[AuditTrail]] = web.AppKey("audit", AuditTrail)
BOUNDARY: Final[web.AppKey[Boundary]] = web.AppKey("boundary", Boundary)
DRAIN: Final[web.AppKey[Drain]] = web.AppKey("drain", Drain)
OBSERVE: Final[web.AppKey[Observe]] = web.AppKey("observe")
