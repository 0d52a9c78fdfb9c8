"""Where a role may stand: a pure check of what somebody is to be given."""

from typing import Final

from backend.accounts.people.matrix import Matrix
from backend.errors import refused_value

# Without one of these nobody in a tenant could give anybody a role.
ADMINISTRATORS: Final = frozenset({"district_admin", "school_admin"})
_LONGEST_MILLISECONDS: Final = 400 * 86_400_000


def check_place(
    matrix: Matrix, role_name: str, *, tenant_kind: str, class_id: str | None, until: int | None, now: int
) -> None:
    """Raise InvalidRequest unless a role may be given there until then."""
    role = matrix.roles.get(role_name)
    if role is None or "platform" in role.scopes:
        raise refused_value("/body/role", "This is no role that is given in a district or school")
    if class_id is not None and ("class" not in role.scopes or tenant_kind != "school"):
        raise refused_value("/body/class_id", "This role is not given in a class")
    if class_id is None and tenant_kind not in role.scopes:
        where = "a class of a school" if "class" in role.scopes else " or a ".join(role.scopes)
        raise refused_value("/body/role", f"This role is given in a {where}".replace("a a ", "a "))
    if role.temporary and until is None:
        raise refused_value("/body/until", "This role is given until a date")
    if until is not None and not now < until <= now + _LONGEST_MILLISECONDS:
        raise refused_value("/body/until", "This has to be a time that is to come, and no more than 400 days away")
