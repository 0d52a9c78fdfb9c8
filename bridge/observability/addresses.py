"""An address without the bits that point to one household: it shows where trouble comes from, and follows nobody."""

import ipaddress
from functools import lru_cache
from typing import Final

_KEPT_BITS: Final = {4: 24, 6: 48}


@lru_cache(maxsize=4096)
def truncated(address: str | None) -> str:
    """Return the /24 or /48 of an address; `-` for what is none, such as the peer of a unix socket."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "-"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, _KEPT_BITS[found.version]), strict=False))
