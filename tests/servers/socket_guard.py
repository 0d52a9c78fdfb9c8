"""Tests talk to this machine only: a connection or a look-up that leaves it fails there and then."""

import ipaddress
import socket
import sys
from collections.abc import Set as AbstractSet
from typing import Any

LOCAL_NAMES = frozenset({"localhost", "", "ip6-localhost"})


class LeftTheMachine(Exception):
    """A test tried to reach another machine."""


def install(allowed: AbstractSet[str] = frozenset()) -> None:
    """Watch every socket of Python's in this process. It cannot be taken off again, and need not be."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in {"socket.connect", "socket.sendto"}:
            found, address = arguments
            if found.family in {socket.AF_INET, socket.AF_INET6}:
                refuse_remote(str(address[0]), allowed)
        elif event == "socket.getaddrinfo" and arguments[0] is not None:
            host = arguments[0]
            refuse_remote(host.decode() if isinstance(host, bytes) else str(host), allowed)

    sys.addaudithook(watch)


def refuse_remote(host: str, allowed: AbstractSet[str]) -> None:
    if host in LOCAL_NAMES or host in allowed:
        return
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        raise LeftTheMachine(f"a test looked up {host}") from None
    if not (address.is_loopback or address.is_unspecified):
        raise LeftTheMachine(f"a test connected to {host}")
