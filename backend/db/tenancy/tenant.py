"""The tenant of a unit, on its way to the statements."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from backend.db.tenancy.tables import is_tenant_id
from backend.db.unit import UnitRefused

# The execution option that the guard reads.
TENANT_OPTION: Final = "toolboxai_tenant"


def checked(tenant: str | None) -> str | None:
    """Return it, or refuse what is no id: it is written into SQL on PostgreSQL."""
    if tenant is not None and not is_tenant_id(tenant):
        raise UnitRefused("A unit was given a tenant that is no id.")
    return tenant


@lru_cache(maxsize=1024)
def options_of(tenant: str | None) -> Mapping[str, object]:
    return {TENANT_OPTION: tenant}
