"""Refuses a core that was built from other sources than those beside it.

Only a development tree has the sources; in an installed wheel there is nothing to compare.
"""

import warnings
from pathlib import Path

from core_rs._core import blake3

PACKAGE = Path(__file__).parent


class StaleCoreError(ImportError):
    """The built core and its sources differ."""


def sources_digest(root: Path) -> str:
    """The digest that build.rs computes, over the same files in the same order."""
    paths = ["Cargo.toml", "build.rs", *(p.relative_to(root).as_posix() for p in (root / "src").rglob("*.rs"))]
    framed = bytearray()
    for path in sorted(paths, key=str.encode):
        content = (root / path).read_bytes()
        framed += path.encode() + b"\0" + len(content).to_bytes(8, "little") + content
    return blake3(bytes(framed)).hex()


def check(built_from: str, *, debug_build: bool, root: Path = PACKAGE) -> None:
    """Raise where the sources beside the package are not those that it was built from."""
    if (root / "src").is_dir() and (root / "Cargo.toml").is_file() and sources_digest(root) != built_from:
        msg = "the Rust core is older than its sources: run `make build`"
        raise StaleCoreError(msg)
    if debug_build:
        warnings.warn("core_rs is a debug build and many times slower: run `make build`", RuntimeWarning, stacklevel=3)
