"""The facts of the machine that a figure was measured on."""

import os
import platform
import sqlite3
import sys
from pathlib import Path

# The instruction sets that change which code path a hash takes.
TELLING_FLAGS = ("sha_ni", "avx2", "avx512f")


def facts() -> list[str]:
    """One line a fact, without anything that names this very machine."""
    model, flags = _processor()
    return [
        f"{os.cpu_count()} cores, {model}; {', '.join(flags) or 'none'} of {', '.join(TELLING_FLAGS)}",
        f"{platform.system()} {platform.release().split('-')[0]}",
        f"{sys.implementation.name} {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
    ]


def _processor() -> tuple[str, list[str]]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor", []
    entries = dict(reversed([line.split(":", 1) for line in lines if ":" in line]))
    values = {key.strip(): value.strip() for key, value in entries.items()}
    present = values.get("flags", "").split()
    return values.get("model name", "unknown processor"), [flag for flag in TELLING_FLAGS if flag in present]
