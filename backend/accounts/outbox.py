"""What accounts do after a commit, by kind."""

from collections.abc import Callable

from backend.accounts.audit.service import AuditTrail
from backend.accounts.tenants import deletion
from backend.accounts.tenants.service import DELETION
from backend.db.handlers import Handlers
from backend.db.unit import Database


def add_handlers(handlers: Handlers, database: Callable[[], Database], trail: Callable[[], AuditTrail]) -> None:
    handlers.add(DELETION, deletion.handler(database, trail), limit_seconds=deletion.LIMIT_SECONDS)
