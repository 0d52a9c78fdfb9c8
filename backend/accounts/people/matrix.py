"""Reads `matrix.toml`: the roles, the permissions, and which role gives which."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Final, Literal

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from backend.web.access import Permissions
from backend.web.route import EVERYBODYS

Scope = Literal["platform", "district", "school", "class"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,31}$")]
PermissionName = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z][a-z_]*$", max_length=64)]
Words = Annotated[str, Field(min_length=3, max_length=120)]


class MatrixRefused(ValueError):
    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class Role:
    title: Words
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    second_factor: bool
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    what: Words
    roles: Annotated[tuple[Name, ...], Field(min_length=1)]
    covers_schools: bool = False
    pupils: bool = False
    step_up: bool = False
    keys: bool = False


@dataclass(frozen=True)  # no slots: what is worked out from it is kept beside it
class Matrix:
    roles: Mapping[Name, Role]
    permissions: Mapping[PermissionName, Permission]

    @cached_property
    def bundles(self) -> Mapping[str, frozenset[str]]:
        """What each role gives."""
        return {
            role: frozenset(name for name, each in self.permissions.items() if role in each.roles)
            for role in self.roles
        }

    @cached_property
    def covering(self) -> frozenset[str]:
        """What a grant in a district gives in its schools too."""
        return frozenset(name for name, each in self.permissions.items() if each.covers_schools)

    @cached_property
    def for_keys(self) -> frozenset[str]:
        """What an API key may hold."""
        return frozenset(name for name, each in self.permissions.items() if each.keys)

    @cached_property
    def for_the_web(self) -> Permissions:
        on_platform = (self.bundles[name] for name, role in self.roles.items() if "platform" in role.scopes)
        return Permissions(
            names=frozenset(self.permissions),
            step_up=frozenset(name for name, each in self.permissions.items() if each.step_up),
            platform=frozenset().union(*on_platform),
        )


_MATRIX: Final = TypeAdapter(Matrix)


@cache
def load() -> Matrix:
    """Return the matrix of this release, read once."""
    return read((files(__package__) / "matrix.toml").read_text(encoding="utf-8"))


def read(text: str) -> Matrix:
    """Read a matrix, or raise MatrixRefused with all that is wrong in it."""
    try:
        # Through JSON, whose arrays are read strictly as tuples.
        matrix = _MATRIX.validate_json(orjson.dumps(tomllib.loads(text)), strict=True, extra="forbid")
    except tomllib.TOMLDecodeError as error:
        raise MatrixRefused([f"is no TOML: {error}"]) from None
    except ValidationError as error:
        places = ((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_url=False))
        raise MatrixRefused(f"{place}: {message}" for place, message in places) from None
    faults = [*_faults(matrix)]
    if faults:
        raise MatrixRefused(faults)
    return matrix


def _faults(matrix: Matrix) -> Iterator[str]:
    for name, permission in matrix.permissions.items():
        unknown = [role for role in permission.roles if role not in matrix.roles]
        if unknown:
            yield f"{name} is given to {', '.join(unknown)}, which is no role"
        if len(set(permission.roles)) != len(permission.roles):
            yield f"{name} is given to one role twice"
        holders = [matrix.roles[role] for role in permission.roles if role in matrix.roles]
        yield from (f"{name} {fault}" for fault in _permission_faults(permission, holders))
    for name, role in matrix.roles.items():
        if name in EVERYBODYS:
            yield f"{name} is the name of a permission"
        if len(set(role.scopes)) != len(role.scopes) or ("platform" in role.scopes and len(role.scopes) > 1):
            yield f"{name} has scopes that do not go together"
        if not any(name in permission.roles for permission in matrix.permissions.values()):
            yield f"{name} gives nothing"


def _permission_faults(permission: Permission, holders: list[Role]) -> Iterator[str]:
    if permission.pupils and not all(role.second_factor for role in holders):
        yield "is about pupils, and a role with it needs no second factor"
    if permission.pupils and any("platform" in role.scopes for role in holders):
        yield "is about pupils, and a role of the platform has it"
    if permission.keys and permission.step_up:
        yield "is for a person who proves anew who they are, and for keys, which cannot"
    if permission.covers_schools and not any("district" in role.scopes for role in holders):
        yield "covers the schools of a district in which nobody has it"
