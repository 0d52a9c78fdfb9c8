"""What somebody's grants amount to at a time: a pure function of the grants and the matrix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from backend.accounts.people.matrix import Matrix, Scope
from backend.web.caller import NO_RIGHTS, Reach, Rights


@dataclass(frozen=True, slots=True)
class Grant:
    """A role given to somebody: on the platform, in a tenant, or in one class of it."""

    role: str
    scope: Literal["platform", "tenant", "class"]
    tenant_id: str | None = None
    class_id: str | None = None
    # Milliseconds since 1970 by the database's clock; it no longer holds from then on.
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What holds from now on, until something of it ends by its date."""

    tenants: Mapping[str, Rights]
    platform: Rights
    ends_at: int | None


def held(matrix: Matrix, grants: Iterable[Grant], *, schools: Mapping[str, Sequence[str]], at: int) -> Held:
    """Add the grants up; `schools` has each district among their tenants with its schools.

    What fits neither the matrix nor the place gives nothing: a role of another release, a role where it is not granted,
    a role for some time without its date.
    """
    live = [grant for grant in grants if grant.until is None or at < grant.until]
    platform, tenants = _Sum(), dict[str, _Sum]()
    for grant in live:
        role = matrix.roles.get(grant.role)
        if role is None or _place(grant, schools) not in role.scopes or (role.temporary and grant.until is None):
            continue
        given = matrix.bundles[grant.role]
        if grant.tenant_id is None:
            platform.add(given, None, guarded=role.second_factor)
            continue
        tenants.setdefault(grant.tenant_id, _Sum()).add(given, grant.class_id, guarded=role.second_factor)
        for school in schools.get(grant.tenant_id, ()):
            tenants.setdefault(school, _Sum()).add(given & matrix.covering, None, guarded=role.second_factor)
    ends = (grant.until for grant in live if grant.until is not None)
    rights = {tenant: each.rights() for tenant, each in tenants.items()}
    return Held(MappingProxyType(rights), platform.rights(), min(ends, default=None))


def _place(grant: Grant, schools: Mapping[str, Sequence[str]]) -> Scope | None:
    """Return where the grant stands, None if it contradicts itself."""
    match grant.scope, grant.tenant_id, grant.class_id:
        case "platform", None, None:
            return "platform"
        case "tenant", str(tenant), None:
            return "district" if tenant in schools else "school"
        case "class", str(tenant), str():
            # A district has no classes.
            return None if tenant in schools else "class"
        case _:
            return None


@dataclass(slots=True)
class _Sum:
    everywhere: dict[bool, frozenset[str]] = field(default_factory=dict)
    in_classes: dict[bool, dict[str, frozenset[str]]] = field(default_factory=dict)

    def add(self, given: frozenset[str], class_id: str | None, *, guarded: bool) -> None:
        if class_id is None:
            self.everywhere[guarded] = self.everywhere.get(guarded, frozenset()) | given
        else:
            classes = self.in_classes.setdefault(guarded, {})
            classes[class_id] = classes.get(class_id, frozenset()) | given

    def rights(self) -> Rights:
        if not self.everywhere and not self.in_classes:
            return NO_RIGHTS
        return Rights(plain=self._reach(guarded=False), guarded=self._reach(guarded=True))

    def _reach(self, *, guarded: bool) -> Reach:
        classes = self.in_classes.get(guarded, {})
        return Reach(self.everywhere.get(guarded, frozenset()), MappingProxyType(classes))
