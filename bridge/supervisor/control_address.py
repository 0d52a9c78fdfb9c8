"""Where a bridge's control socket is: in its data folder, where only its owner gets to.

A unix socket where there are such, else a port of the loopback whose secret stands in an owner-only file.
"""

import contextlib
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOCKET_NAME: Final = "control.sock"
DOOR_NAME: Final = "control.json"
# sun_path: 104 bytes on macOS, 108 on Linux, with the zero at its end.
SOCKET_PATH_LIMIT_BYTES: Final = 103
OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Door:
    """The port of the loopback, and what a caller has to know to be heard there."""

    port: int
    secret: str


def unix_path(folder: Path, *, has_unix_sockets: bool = hasattr(socket, "AF_UNIX")) -> Path | None:
    """Return where the unix socket belongs, or None where there can be none."""
    path = folder / SOCKET_NAME
    return path if has_unix_sockets and len(os.fsencode(path)) <= SOCKET_PATH_LIMIT_BYTES else None


def write_door(folder: Path, door: Door) -> None:
    """Write the file whole or not at all, and never readable by others, not even for a moment."""
    unfinished = folder / f"{DOOR_NAME}.new"
    with contextlib.suppress(FileNotFoundError):
        unfinished.unlink()
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump({"port": door.port, "secret": door.secret}, file)
    unfinished.replace(folder / DOOR_NAME)


def read_door(folder: Path) -> Door | None:
    """Return the door of a bridge that has no unix socket, or None."""
    try:
        found = json.loads((folder / DOOR_NAME).read_text(encoding="ascii"))
        return Door(int(found["port"]), str(found["secret"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove(folder: Path) -> None:
    """Take away what a bridge has left; only who holds the folder's lock may."""
    for name in (SOCKET_NAME, DOOR_NAME):
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
