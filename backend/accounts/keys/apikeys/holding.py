"""An API key that holds, and where."""

from dataclasses import dataclass

from backend.accounts.keys.apikeys.store import API_KEYS, ApiKey
from backend.accounts.tenants import store as tenants
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class Holding:
    """A key that nobody has revoked, of a tenant that is active. Its date is left to whoever knows the time."""

    key: ApiKey
    # The active schools, where its tenant is a district.
    schools: tuple[str, ...]


async def holding(tx: Transaction, tenant_id: str, key_id: str, *, for_update: bool = False) -> Holding | None:
    # The tenant first, as whatever adds to one does.
    tenant = await tenants.find(tx, tenant_id, for_update=for_update)
    key = await API_KEYS.find(tx, tenant_id, key_id, for_update=for_update)
    if key is None or tenant is None or tenant.state != "active" or key.revoked_at is not None:
        return None
    is_district = tenant.kind == "district"
    return Holding(key, tuple(await tenants.active_schools(tx, tenant_id)) if is_district else ())
