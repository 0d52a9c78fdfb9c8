"""Addresses, networks and host names in the one form that the rest of the program compares."""

import ipaddress
import re
from typing import Final

_LABELS: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")

_ORIGIN: Final = re.compile(r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[^/:?#@\s]+)(?P<port>:[0-9]{1,5})?")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address(text: str) -> str:
    """Return the canonical text of one IP address, or raise ValueError."""
    return str(_unmapped(ipaddress.ip_address(text)))


def network(text: str) -> str:
    """Return the canonical text of one network (an address is a network of one), or raise ValueError."""
    return str(ipaddress.ip_network(text))


def host_name(text: str) -> str:
    """Return a host as a Host header shows it before the port, or raise ValueError."""
    bare = text.strip().lower()
    try:
        found = _unmapped(ipaddress.ip_address(bare.removeprefix("[").removesuffix("]")))
    except ValueError:
        if _LABELS.fullmatch(bare) is None or bare.replace(".", "").isdigit():
            raise
        return bare
    return f"[{found}]" if found.version == 6 else str(found)  # noqa: PLR2004


def public_url(text: str) -> str:
    """Return where people find the bridge, as a scheme, a host and a port if it is another than usual."""
    found = _ORIGIN.fullmatch(text.strip().lower().removesuffix("/"))
    if found is None:
        raise ValueError(f"is {text.strip()[:100]!r}")
    return f"{found['scheme']}://{host_name(found['host'])}{found['port'] or ''}"


def is_loopback(canonical: str) -> bool:
    return ipaddress.ip_address(canonical).is_loopback


def covered_by_wildcard(canonical: tuple[str, ...]) -> tuple[str, str] | None:
    """Return a wildcard and an address of the same family that it already covers, if there are such."""
    found = [ipaddress.ip_address(each) for each in canonical]
    for wildcard in found:
        if wildcard.is_unspecified:
            for other in found:
                if other is not wildcard and other.version == wildcard.version:
                    return str(wildcard), str(other)
    return None


def _unmapped(found: _Address) -> _Address:
    # ::ffff:127.0.0.1 is 127.0.0.1 in another coat; compared as text it would slip past every rule about it.
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
