"""Where the keys of the audit trail come from: the one place to wire the key ring in."""

from typing import TYPE_CHECKING

from backend.errors import SettingsError

if TYPE_CHECKING:
    from backend.accounts.audit.keys import AuditKeys
    from bridge.settings import Settings


def audit_keys(settings: "Settings") -> "AuditKeys":
    """Return the keys of this bridge."""
    raise SettingsError(
        f"this version does not read the keys of the audit trail from {settings.data_dir} yet: "
        "a file that was exported can be verified with --file and --trust"
    )
