"""Holds the import arrows of docs/architecture.md, in Python and in the crate."""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gates.finding import Finding, close
from gates.tree import ROOT, files

PACKAGES = {
    "bridge": {"bridge", "backend", "core_rs"},
    "backend": {"backend", "core_rs"},
    "core_rs": {"core_rs"},
}
# Ours, but not part of the product: nothing that ships may import it.
WORKSHOP = {"gates", "tests", "loadtests"}

# Inside bridge, from the top: a room may import those beside and below it.
STOREYS = (("app", "cli", "tables"), ("console",), ("games", "sync", "realtime"), ("gate",))
# The storeys that hold domains, with a domain's rooms.
DOMAIN_STOREYS = (1, 2, 3)
# They serve any storey and know none of them.
GROUND = (
    *(
        "about",
        "account_settings",
        "audit_keys",
        "breakers",
        "check_result",
        "clock_check",
        "health",
        "keys",
        "lifecycle",
        "observability",
        "protocol_range",
        "redis_address",
        "redis_server",
        "settings",
        "started",
        "wall_clock",
    ),
    *("client", "daemon"),
)
# They start whole processes, so they may know the top; only the top may know them.
ENTRANCES = ("supervisor", "worker", "control")

AIOHTTP_ROOMS = ("backend/web/**", "**/routes.py", "**/lifecycle.py", "bridge/realtime/transports/**")
SQL_ROOMS = ("backend/db/**", "**/store.py", "**/models.py")
SQL = ("sqlalchemy", "alembic", "asyncpg", "aiosqlite")
# The mould that later domains are cut from keeps the same rooms; what else lies there wires it into the proofs.
MOULD = "tests/ledger/"
MOULD_ROOMS = tuple(
    f"{MOULD}{noun}{room}.py"
    for noun in ("", "books/", "notes/")
    for room in ("models", "store", "service", "routes", "schemas")
)

LAYOUT = "docs/architecture.md has the arrows"


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a file imports, wherever in the file it does."""

    path: str
    line: int
    module: str

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def imports(path: str, source: str) -> Iterator[Import]:
    """Every import of a file: at the top, in a function, for type checkers only, or by a constant string."""
    here = PurePosixPath(path).with_suffix("").parts
    for node in ast.walk(ast.parse(source, path)):
        match node:
            case ast.Import(names=names):
                yield from (Import(path, node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                # In __init__.py the path's last part stands for the package itself, as a module's name does.
                above = ".".join(here[: len(here) - level]) if level else ""
                stem = ".".join(part for part in (above, module) if part)
                yield from (Import(path, node.lineno, f"{stem}.{alias.name}") for alias in names)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if "import" in ast.unparse(func):
                yield Import(path, node.lineno, name)


def between_packages(one: Import) -> Finding | None:
    home = one.path.partition("/")[0]
    if home in PACKAGES and one.package in (PACKAGES.keys() | WORKSHOP) - PACKAGES[home]:
        return Finding(one.where, f"{home} imports {one.module}", f"{home} may know {sorted(PACKAGES[home])}: {LAYOUT}")
    return None


def storey(room: str | None) -> int | None:
    """0 is the top; None is a room outside the storeys."""
    return next((number for number, rooms in enumerate(STOREYS) if room in rooms), None)


def bridge_room(path: str) -> str | None:
    """The folder or file directly in bridge/ that this path belongs to; None outside of bridge."""
    parts = PurePosixPath(path).parts
    return parts[1].removesuffix(".py") if parts[0] == "bridge" else None


def inside_bridge(one: Import) -> Finding | None:
    """Whether an import between two rooms of bridge points down."""
    parts = one.module.split(".")
    home = bridge_room(one.path)
    if home is None or parts[0] != "bridge" or len(parts) == 1 or home == parts[1]:
        return None
    other = parts[1]
    mine, theirs = storey(home), storey(other)
    wrong = (
        (mine is not None and theirs is not None and theirs < mine)
        or (home in GROUND and (theirs is not None or other in ENTRANCES))
        or (other in ENTRANCES and home not in (*ENTRANCES, *STOREYS[0]))
        or (home == "client" and other == "daemon")
    )
    return Finding(one.where, f"{home} imports {one.module}, which stands above it", LAYOUT) if wrong else None


def inside_a_domain(one: Import) -> Finding | None:
    """Whether aiohttp and SQL stay in the rooms that are for them."""
    path = PurePosixPath(one.path)
    if one.package in SQL and not any(matches(path, rule) for rule in SQL_ROOMS):
        return Finding(
            one.where, f"{one.module} outside of a store", "only store.py, models.py and backend/db know SQL"
        )
    domain = one.path.startswith(("backend/", MOULD)) or storey(bridge_room(one.path)) in DOMAIN_STOREYS
    if domain and one.package == "aiohttp" and not any(matches(path, rule) for rule in AIOHTTP_ROOMS):
        return Finding(
            one.where,
            "aiohttp outside of a route",
            "in a domain only routes.py, lifecycle.py, transports and backend/web know aiohttp",
        )
    return None


def matches(path: PurePosixPath, rule: str) -> bool:
    """`folder/**` is everything below a folder, `**/name` a file of that name anywhere."""
    if rule.endswith("/**"):
        return path.is_relative_to(rule.removesuffix("/**"))
    return path.name == rule.removeprefix("**/")


def placed(paths: Sequence[str]) -> Iterator[Finding]:
    """Each room of bridge stands in the table above, so that a new one is placed on purpose."""
    known = {room for rooms in STOREYS for room in rooms} | {*GROUND, *ENTRANCES, "__init__"}
    rooms_here = {room for path in paths if (room := bridge_room(path))}
    for room in sorted(rooms_here - known):
        yield Finding(f"bridge/{room}", "has no place among the arrows", "give it one in gates/arrows.py")


COMMENT = re.compile(r"//.*")


def binding_named(path: str, source: str) -> Iterator[Finding]:
    """Pure Rust never names the binding, so that tests, benches and fuzzing need no interpreter."""
    for number, line in enumerate(source.splitlines(), start=1):
        if re.search(r"\bpyo3\b", COMMENT.sub("", line)):
            yield Finding(f"{path}:{number}", "names pyo3", "move what touches Python to core_rs/src/py/")


def main(root: Path = ROOT) -> int:
    """Walk every file; a walk over nothing is a failure too."""
    python = files("bridge/*.py", "backend/*.py", "core_rs/*.py", *MOULD_ROOMS, root=root)
    rust = [path for path in files("core_rs/src/*.rs", root=root) if not path.startswith("core_rs/src/py/")]
    every = [one for path in python for one in imports(path, (root / path).read_text("utf-8"))]
    if not every or not rust:
        return close([Finding("the tree", "nothing to look at", "run it at the root of the project")], clean="")
    rules = (between_packages, inside_bridge, inside_a_domain)
    found = [finding for one in every for rule in rules if (finding := rule(one))]
    found += placed(python)
    found += [finding for path in rust for finding in binding_named(path, (root / path).read_text("utf-8"))]
    return close(
        found, clean=f"{len(every)} imports in {len(python)} files point the right way; {len(rust)} Rust files are pure"
    )


if __name__ == "__main__":
    sys.exit(main())
