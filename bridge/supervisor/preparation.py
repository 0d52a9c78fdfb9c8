"""All that has to be right before anything is started; each check fails with one sentence and leaves nothing behind."""

import contextlib
import ipaddress
import os
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bridge.clock_check import check_clock
from bridge.settings import Settings
from bridge.supervisor.data_folder import open_folder, remove_if_empty
from bridge.supervisor.disk import probe_disk
from bridge.supervisor.folder_lock import held
from bridge.supervisor.listeners import close_all, open_listeners, port_of

OPS_ADDRESS: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Prepared:
    listeners: Sequence[socket.socket]
    ops_listeners: Sequence[socket.socket]

    @property
    def urls(self) -> tuple[str, ...]:
        """Where people and programs find the bridge, the address to show first in front."""
        hosts = [listener.getsockname()[0] for listener in self.listeners]
        port = port_of(self.listeners)
        # Browsers keep passkeys for the name localhost, not for 127.0.0.1.
        names = [f"[{host}]" if ":" in host else host for host in hosts if not ipaddress.ip_address(host).is_loopback]
        if len(names) < len(hosts):
            names.insert(0, "localhost")
        return tuple(f"http://{name}:{port}" for name in names)

    @property
    def ops_url(self) -> str:
        return f"http://{OPS_ADDRESS}:{port_of(self.ops_listeners)}"


@contextlib.contextmanager
def prepared(settings: Settings) -> Iterator[Prepared]:
    """Hold the data folder and the ports."""
    check_clock(time.time())
    with contextlib.ExitStack() as holding:
        # The folder first, since "a bridge is running already" says more than "the port is taken";
        # but a port that is taken is no reason to make a folder.
        folder_is_there = os.path.lexists(settings.data_dir)
        if folder_is_there:
            _hold_folder(settings.data_dir, holding)
        listeners = open_listeners(settings.bind, settings.port, setting="TOOLBOXAI_PORT")
        holding.callback(close_all, listeners)
        ops_listeners = open_listeners((OPS_ADDRESS,), settings.ops_port, setting="TOOLBOXAI_OPS_PORT")
        holding.callback(close_all, ops_listeners)
        if not folder_is_there:
            _hold_folder(settings.data_dir, holding)
        yield Prepared(listeners, ops_listeners)


def _hold_folder(folder: Path, holding: contextlib.ExitStack) -> None:
    is_new = not folder.exists()
    open_folder(folder)
    try:
        probe_disk(folder)
        holding.enter_context(held(folder))
    except BaseException:
        if is_new:
            remove_if_empty(folder)
        raise
