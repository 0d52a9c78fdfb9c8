"""What workers and commands tell of every change."""

from dataclasses import dataclass

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.keys import AuditKey, SigningKey
from backend.accounts.audit.service import ERASED_AT_ONCE, AuditTrail
from backend.db.unit import Transaction
from backend.errors import Conflict
from bridge import audit_keys as wired
from bridge.settings import Settings


def audit_trail(settings: Settings) -> AuditTrail:
    try:
        return AuditTrail(wired.audit_keys(settings))
    except wired.KeysNotWired:
        return _NotRecorded(_NoKeys())


# What follows goes with KeysNotWired.


@dataclass(frozen=True, slots=True)
class _NotRecorded(AuditTrail):
    """Lets changes pass that there is no key to record with."""

    async def record(self, tx: Transaction, tenant_id: str, event: Event) -> int:  # noqa: ARG002
        return 0

    async def erase(
        self,
        tx: Transaction,  # noqa: ARG002
        tenant_id: str,  # noqa: ARG002
        actor: Actor,  # noqa: ARG002
        *,
        at_most: int = ERASED_AT_ONCE,  # noqa: ARG002
    ) -> int:
        return 0


class _NoKeys:
    def current(self) -> AuditKey:
        raise Conflict("This bridge has no keys of the audit trail yet.")

    def of(self, version: int) -> AuditKey:  # noqa: ARG002
        return self.current()

    def signing(self) -> SigningKey:
        raise Conflict("This bridge has no keys of the audit trail yet.")
