"""What accounts do after a commit, by kind."""

from collections.abc import Callable

from backend.accounts.accounts import Accounts
from backend.accounts.audit.service import AuditTrail
from backend.accounts.mail import notices
from backend.accounts.mail import outbox as mail
from backend.accounts.tenants import deletion
from backend.accounts.tenants.service import DELETION
from backend.db.handlers import Handlers
from backend.db.unit import Database


def add_handlers(
    handlers: Handlers,
    database: Callable[[], Database],
    accounts: Callable[[], Accounts],
    trail: Callable[[], AuditTrail],
) -> None:
    """Register the handlers; what they work with is asked for when they run, as it is opened later."""
    handlers.add(
        DELETION, deletion.handler(database, lambda: accounts().vault, trail), limit_seconds=deletion.LIMIT_SECONDS
    )
    letters = mail.handler(database, lambda: accounts().vault, lambda: accounts().mail)
    handlers.add(notices.KIND, letters, limit_seconds=mail.LIMIT_SECONDS)
