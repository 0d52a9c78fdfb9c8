"""What accounts do after a commit, by kind."""

from collections.abc import Callable

from backend.accounts.accounts import Accounts
from backend.accounts.audit.service import AuditTrail
from backend.accounts.mail import notices
from backend.accounts.mail import outbox as mail
from backend.accounts.tenants import deletion
from backend.accounts.tenants.exports import outbox as exports
from backend.accounts.tenants.exports.folder import ExportFolder
from backend.accounts.tenants.exports.service import MAKING
from backend.accounts.tenants.service import DELETION
from backend.db.handlers import Handlers
from backend.db.unit import Database


def add_handlers(
    handlers: Handlers,
    database: Callable[[], Database],
    accounts: Callable[[], Accounts],
    trail: Callable[[], AuditTrail],
    folder: ExportFolder,
) -> None:
    """Register the handlers; what they work with is asked for when they run, as it is opened later."""
    delete = exports.with_files_gone(deletion.handler(database, lambda: accounts().vault, trail), folder)
    handlers.add(DELETION, delete, limit_seconds=deletion.LIMIT_SECONDS)
    make = exports.making(database, lambda: accounts().vault, lambda: accounts().people, trail, folder)
    handlers.add(MAKING, make, limit_seconds=exports.LIMIT_SECONDS)
    handlers.add(exports.END, exports.ending(folder))
    letters = mail.handler(database, lambda: accounts().vault, lambda: accounts().mail)
    handlers.add(notices.KIND, letters, limit_seconds=mail.LIMIT_SECONDS)
