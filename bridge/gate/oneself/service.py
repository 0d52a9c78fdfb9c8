"""What a session may know of itself, and how it ends itself."""

from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from bridge.gate.oneself import store
from bridge.gate.oneself.schemas import SessionShown
from bridge.gate.principal import ALL_SCOPES, Principal

_MILLISECONDS = 1000


def shown(principal: Principal, now_milliseconds: int) -> SessionShown:
    is_device = principal.kind == "device"
    return SessionShown(
        device_id=principal.holder_id if is_device else None,
        game_key_id=None if is_device else principal.holder_id,
        tenant_id=principal.tenant_id,
        project_id=principal.project_id,
        scopes=tuple(scope for scope in ALL_SCOPES if scope in principal.scopes),
        # In the minute after its end it still answers, and has nothing left.
        expires_in_seconds=max(0, (principal.ends_at - now_milliseconds) // _MILLISECONDS),
        time_milliseconds=now_milliseconds,
    )


async def end(tx: Transaction, rights: RightsChanges, principal: Principal) -> None:
    """End it at once, for every worker that remembers it."""
    await store.end(tx, principal.sid)
    await rights.changed(tx)
