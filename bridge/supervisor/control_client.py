"""Ask the bridge that runs in a data folder. Without an event loop: commands that ask have to be quick."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.errors import CheckFailed, NotRunning
from bridge.supervisor import control_address

ANSWER_LIMIT_BYTES: Final = 1024 * 1024
LIMIT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    number: int
    pid: int
    state: str
    restarts: int


@dataclass(frozen=True, slots=True)
class Status:
    pid: int
    version: str
    urls: tuple[str, ...]
    ops_url: str
    uptime_seconds: float
    workers: tuple[WorkerStatus, ...]


def running(folder: Path, *, limit_seconds: float = LIMIT_SECONDS) -> Status | None:
    """Return what the bridge of this data folder says of itself, or None when none runs there."""
    try:
        found: Mapping[str, Any] = ask(folder, "status", limit_seconds=limit_seconds)
    except NotRunning:
        return None
    return Status(
        pid=found["pid"],
        version=found["version"],
        urls=tuple(found["urls"]),
        ops_url=found["ops_url"],
        uptime_seconds=found["uptime_seconds"],
        workers=tuple(WorkerStatus(**each) for each in found["workers"]),
    )


def ask(folder: Path, command: str, *, limit_seconds: float = LIMIT_SECONDS, **fields: object) -> dict[str, Any]:
    """Send one command and return its result; NotRunning when nobody listens, CheckFailed when it is refused."""
    connection, secret = _connect(folder, limit_seconds)
    with connection:
        try:
            request = {"command": command, **fields, **secret}
            connection.sendall(json.dumps(request).encode() + b"\n")
            answer = json.loads(_read_line(connection))
        except (OSError, ValueError):
            raise CheckFailed(
                f"the bridge in the data folder {folder} does not answer: look at its log, or restart it"
            ) from None
    if not answer.get("ok"):
        raise CheckFailed(str(answer.get("sentence")))
    result: dict[str, Any] = answer["result"]
    return result


def _connect(folder: Path, limit_seconds: float) -> tuple[socket.socket, dict[str, str]]:
    path = control_address.unix_path(folder)
    if path is not None and path.exists():
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        target: Any = str(path)
        secret = {}
    elif (door := control_address.read_door(folder)) is not None:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        target = ("127.0.0.1", door.port)
        secret = {"secret": door.secret}
    else:
        raise NotRunning(f"no bridge runs in the data folder {folder}: start one with toolboxai serve")
    connection.settimeout(limit_seconds)
    try:
        connection.connect(target)
    except OSError:
        # What a killed bridge has left behind; the next one replaces it.
        connection.close()
        raise NotRunning(f"no bridge runs in the data folder {folder}: start one with toolboxai serve") from None
    return connection, secret


def _read_line(connection: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        part = connection.recv(64 * 1024)
        if not part:
            raise ConnectionError
        received += part
        if len(received) > ANSWER_LIMIT_BYTES:
            raise ValueError
    return bytes(received)
