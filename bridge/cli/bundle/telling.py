"""What is told about bundles."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bridge.cli.asked import Asked

if TYPE_CHECKING:
    from core_rs import Bundle, Packed

_DIGITS_SHOWN: Final = 16


def short(name: bytes) -> str:
    """Return as much of the name of a version as a person compares."""
    return name.hex()[:_DIGITS_SHOWN]


def printable(text: str) -> str:
    """Return a name as it can be shown: a bundle of somebody else may have one that a terminal would obey."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def facts(opened: "Bundle") -> dict[str, object]:
    """Return what JSON says about every bundle."""
    return {
        "name": opened.name.hex(),
        "base": opened.base.hex() if opened.base else None,
        "signer": opened.signer.hex() if opened.signer else None,
        "total_bytes": opened.total_bytes,
        "chunks": opened.chunks,
        "carried_chunks": opened.carried_chunks,
        "packs": opened.packs,
    }


def tell_packed(asked: Asked, bundle: Path, packed: "Packed") -> None:
    """Say what a command wrote to `bundle`."""
    if asked.as_json:
        told = {
            "bundle": str(bundle),
            "name": packed.name.hex(),
            "signer": packed.signer.hex() if packed.signer else None,
            "files": packed.files,
            "entries": packed.entries,
            "total_bytes": packed.total_bytes,
            "bytes": packed.bytes,
            "chunks": packed.chunks,
            "carried_chunks": packed.carried_chunks,
            "files_read": packed.files_read,
            "skipped": [{"path": path, "reason": reason} for path, reason in packed.skipped],
        }
        click.echo(json.dumps(told))
        return
    parts = [f"{bundle}: {count(packed.files, 'file')}, {packed.total_bytes:,} bytes in {packed.bytes:,}"]
    if packed.carried_chunks < packed.chunks:
        parts.append(f"carries {packed.carried_chunks:,} of {count(packed.chunks, 'chunk')}")
    parts.append(f"version {short(packed.name)}")
    if packed.signer:
        parts.append(f"signed with {packed.signer.hex()}")
    click.echo("; ".join(parts) + ".")


def count(number: int, thing: str) -> str:
    """Return `1 file` or `2 files`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
