"""docs/permissions.md, from the matrix."""

from collections.abc import Iterator

from backend.accounts.people.matrix import Matrix, Permission
from gates.tree import ROOT

PAGE = ROOT / "docs" / "permissions.md"
INTRODUCTION = """# Permissions

Made from `backend/accounts/people/matrix.toml` by `make access`; do not edit by hand.

A person is given roles: on the platform, in a district, in a school or in one class, and if so until a date.
A role gives its permissions there and nowhere else; whoever has none in a tenant is answered as if it did not exist.
Each route names the permission it needs, in [routes.md](routes.md) and as `x-permission` in the OpenAPI document.
Beside those below there are some that need no role:

- `public`: for everybody
- `signed_in`: for whoever says who they are, programs too
- `half_in_person`: for a person who has signed in, be it without the second factor that they have
- `in_person`: for a person who has signed in, with the second factor if they have one
- `stepped_up`: for a person who has just proved anew who they are
"""
LEGEND = """
- *schools*: held in a district, it is held in its schools too
- *pupils*: it shows or changes what belongs to single pupils; each role with it needs a second factor
- *proof*: a dangerous act, for a person who has proved anew within ten minutes who they are
- *keys*: it may be a scope of an API key
"""


def written(matrix: Matrix) -> str:
    return "\n".join(_lines(matrix)) + "\n"


def _lines(matrix: Matrix) -> Iterator[str]:
    yield INTRODUCTION
    yield "## Roles\n"
    yield "| role | called | granted | second factor |"
    yield "|---|---|---|---|"
    for name, role in matrix.roles.items():
        where = ", ".join(f"{scope}" for scope in role.scopes) + (", until a date" if role.temporary else "")
        yield f"| {role.title} | `{name}` | {where} | {'needed' if role.second_factor else ''} |"
    yield "\n## Who holds what"
    yield LEGEND
    yield "| permission | what for | marks | " + " | ".join(role.title for role in matrix.roles.values()) + " |"
    yield "|" + "---|" * (3 + len(matrix.roles))
    for name, permission in matrix.permissions.items():
        held = ("yes" if role in permission.roles else "" for role in matrix.roles)
        yield f"| `{name}` | {permission.what} | {', '.join(_marks(permission))} | {' | '.join(held)} |"


def _marks(permission: Permission) -> Iterator[str]:
    marks = {
        "schools": permission.covers_schools,
        "pupils": permission.pupils,
        "proof": permission.step_up,
        "keys": permission.keys,
    }
    yield from (mark for mark, is_set in marks.items() if is_set)
