"""Where the audit trail of this bridge gets its keys: the key file."""

from backend.accounts.audit.keys import AuditKeys
from backend.sealing.key_ring import KeyRing
from bridge.settings import Settings


def audit_keys(settings: Settings) -> AuditKeys:
    """Return the keys of this bridge; FilesError where the key file cannot be read."""
    return KeyRing(settings.key_path)
