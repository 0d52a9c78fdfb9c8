"""Builds luau-analyze, the checker of Luau's own makers, from the sources inside a crate, once for all checkouts.

It is their program with one option more: `--definitions=FILE` reads declarations of what a host adds to the language,
as the checker inside Roblox Studio does. Standard library only: it also runs before anything is installed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

CRATE: Final = "luau-analyzer-sys"
VERSION: Final = "0.1.1"
# Less optimised and without what a debugger wants it builds in a quarter of the time, and checks all of ours in a tenth
# of a second all the same.
MAKEFILE: Final = (
    ("CXXFLAGS=-g -Wall", "CXXFLAGS=-w"),
    ("CXXFLAGS+=-O2 -DNDEBUG -fno-math-errno", "CXXFLAGS+=-O1 -DNDEBUG"),
)
FROZEN: Final = "    Luau::freeze(frontend.globals.globalTypes);\n"
DEFINITIONS: Final = """    for (int i = 1; i < argc; ++i)
    {
        if (strncmp(argv[i], "--definitions=", 14) != 0)
            continue;
        std::optional<std::string> source = readFile(argv[i] + 14);
        Luau::GlobalTypes& globals = frontend.globals;
        if (!source || !frontend.loadDefinitionFile(globals, globals.globalScope, *source, "@host", false).success)
        {
            fprintf(stderr, "%s cannot be read as declarations\\n", argv[i] + 14);
            return 1;
        }
    }
"""
MANIFEST: Final = f"""[package]
name = "sources"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
{CRATE} = "={VERSION}"
[workspace]
"""


def program() -> Path:
    """Where it is, or will be: outside of the tree, named for what it is built from."""
    made_of = hashlib.sha256("\0".join((VERSION, str(MAKEFILE), FROZEN, DEFINITIONS)).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "toolboxai" / f"luau-analyze-{VERSION}-{made_of}" / "luau-analyze"


def present() -> bool:
    return program().is_file()


def sources(folder: Path) -> Path:
    """Fetch the crate with cargo, which checks its hash, and say where the sources in it are."""
    (folder / "lib.rs").write_text("")
    (folder / "Cargo.toml").write_text(MANIFEST, "utf-8")
    metadata = subprocess.run(
        ("cargo", "metadata", "--format-version", "1"), cwd=folder, stdout=subprocess.PIPE, check=True
    )
    found = [package for package in json.loads(metadata.stdout)["packages"] if package["name"] == CRATE]
    return Path(found[0]["manifest_path"]).parent / "luau"


def replace(path: Path, old: str, new: str) -> None:
    """Change one place; newlines become those of this file."""
    text = path.read_text("utf-8")
    if text.count(old) < 1:
        raise SystemExit(f"{path.name} of {CRATE} {VERSION} has no {old!r}")
    path.write_text(text.replace(old, new, 1), "utf-8")


def build() -> None:
    """Build in a temporary folder and move the program to its place at the end: half of it is never there."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "luau"
        shutil.copytree(sources(Path(folder)), tree)
        for old, new in MAKEFILE:
            replace(tree / "Makefile", old, new)
        replace(tree / "CLI" / "src" / "Analyze.cpp", FROZEN, DEFINITIONS + FROZEN)
        jobs = f"-j{os.cpu_count() or 1}"
        subprocess.run(("make", "--silent", jobs, "config=release", "luau-analyze"), cwd=tree, check=True)
        program().parent.mkdir(parents=True, exist_ok=True)
        beside = program().with_name(f"unfinished-{os.getpid()}")
        shutil.copy2(tree / "luau-analyze", beside)
        beside.replace(program())


def main() -> int:
    """Build it where it is not there yet."""
    if not present():
        build()
    print(program())
    return 0


if __name__ == "__main__":
    sys.exit(main())
