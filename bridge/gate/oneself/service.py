"""What a session may know of itself, and how it ends itself."""

from base64 import urlsafe_b64decode

from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database
from backend.errors import StoreUnavailable
from bridge.gate.oneself import store
from bridge.gate.oneself.schemas import SessionShown
from bridge.gate.principal import ALL_SCOPES, Principal
from bridge.gate.stores.store import GateStore

_MILLISECONDS = 1000
_RANDOM_BYTES = 16


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


async def end(database: Database, rights: RightsChanges, gate: GateStore, principal: Principal) -> None:
    """End it at once, for every worker: its record says so, and its window takes no number any more.

    Nobody else's rights change, so nobody reads a record for it: a device may end 96 sessions in a quarter of an hour.
    """
    await database.write(lambda tx: store.end(tx, principal.sid))
    try:
        await gate.end_window(urlsafe_b64decode(principal.sid + "==")[-_RANDOM_BYTES:])
    except StoreUnavailable:
        # Its window may be open as before: then everybody reads the records anew.
        await database.write(rights.changed)
