"""Where the audit trail of this bridge gets its keys: the one place to wire the key ring in."""

from typing import TYPE_CHECKING

from backend.errors import SettingsError

if TYPE_CHECKING:
    from backend.accounts.audit.keys import AuditKeys
    from bridge.settings import Settings


class KeysNotWired(SettingsError):
    """The keys of the audit trail are not read yet; once they are, this goes, and so does what knows it."""


def audit_keys(settings: "Settings") -> "AuditKeys":
    """Return the keys of this bridge."""
    raise KeysNotWired(
        f"this version does not read the keys of the audit trail from {settings.data_dir} yet: "
        "a file that was exported can be verified with --file and --trust"
    )
