"""The listening sockets: opened once by the supervisor, inherited by every worker.

Without SO_REUSEPORT nobody can join the port, and a worker that dies takes no waiting connection with it.
"""

import contextlib
import errno
import ipaddress
import os
import socket
import sys
import time
from collections.abc import Sequence
from typing import Final

from backend.errors import OperatorError, PortTaken, SettingsError

BACKLOG: Final = 1024
# The workers of a supervisor that was killed close their sockets within this time.
PREDECESSOR_SECONDS: Final = 1.0
_LOOK_AGAIN_SECONDS: Final = 0.05
# A free port of the first address may be taken on the second.
_FREE_PORT_TRIES: Final = 20
_NO_SUCH_ADDRESS: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT}


class _InUse(Exception):
    def __init__(self, address: str, port: int) -> None:
        super().__init__(address, port)
        self.address = address
        self.port = port


def open_listeners(
    addresses: Sequence[str], port: int, *, setting: str, predecessor_seconds: float = PREDECESSOR_SECONDS
) -> list[socket.socket]:
    """Bind every address to one port (0: a free one, the same for all); OperatorError says what is in the way."""
    deadline = time.monotonic() + predecessor_seconds
    tries = _FREE_PORT_TRIES
    while True:
        try:
            return _open_all(addresses, port)
        except _InUse as taken:
            tries -= 1
            if tries == 0 if port == 0 else time.monotonic() > deadline:
                from bridge.supervisor.neighbour import describe  # noqa: PLC0415 - an HTTP client, only for this sentence

                raise PortTaken(
                    f"port {taken.port} on {taken.address} is taken by {describe(taken.address, taken.port)}: "
                    f"stop it, or choose another port with {setting}"
                ) from None
        if port != 0:
            time.sleep(_LOOK_AGAIN_SECONDS)


def port_of(listeners: Sequence[socket.socket]) -> int:
    return int(listeners[0].getsockname()[1])


def close_all(listeners: Sequence[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def _open_all(addresses: Sequence[str], port: int) -> list[socket.socket]:
    with contextlib.ExitStack() as undo:
        opened: list[socket.socket] = []
        for address in addresses:
            listener = _open(address, port_of(opened) if opened else port)
            if listener is not None:
                opened.append(undo.enter_context(listener))
        undo.pop_all()
    if not opened:
        raise SettingsError(f"this machine has none of the addresses {', '.join(addresses)}: change TOOLBOXAI_BIND")
    return opened


def _open(address: str, port: int) -> socket.socket | None:
    parsed = ipaddress.ip_address(address)
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6  # noqa: PLR2004
    with contextlib.ExitStack() as undo:
        try:
            listener = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
            _set_options(listener)
            listener.bind((address, port))
            # Two sockets may be bound to one port before either listens; then only the second call tells.
            listener.listen(BACKLOG)
        except OSError as error:
            if parsed.version == 6 and parsed.is_loopback and error.errno in _NO_SUCH_ADDRESS:  # noqa: PLR2004
                return None  # a machine without IPv6
            raise _meaning(error, address, port) from None
        undo.pop_all()
    listener.setblocking(False)
    return listener


def _set_options(listener: socket.socket) -> None:
    if sys.platform == "win32":
        # There, SO_REUSEADDR would let another program take the port from us.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)


def _meaning(error: OSError, address: str, port: int) -> _InUse | OperatorError:
    if error.errno == errno.EADDRINUSE:
        return _InUse(address, port)
    if error.errno in (errno.EACCES, errno.EPERM):
        return PortTaken(f"port {port} on {address} is not allowed for this account: choose one from 1024 on")
    if error.errno in _NO_SUCH_ADDRESS:
        return SettingsError(f"this machine has no address {address}: change TOOLBOXAI_BIND")
    return SettingsError(f"cannot listen on {address}, port {port} ({os.strerror(error.errno or 0).lower()})")
