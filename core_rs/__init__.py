"""The Rust core: what must be fast or exact. `core_rs._core` is private."""

from core_rs import _core
from core_rs._core import blake3
from core_rs._freshness import check

check(_core.SOURCES_DIGEST, debug_build=_core.DEBUG_BUILD)

__all__ = ["blake3"]
