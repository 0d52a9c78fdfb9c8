"""The first line of a request, as far as the parser leaves it open."""

from aiohttp import HttpVersion11

from backend.errors import InvalidRequest
from backend.web.exchange import Exchange


def check_target(exchange: Exchange) -> None:
    """Take a path and nothing else: not the absolute form, which names a host of its own, the authority form or `*`."""
    target = exchange.raw_path
    if not target.startswith("/") or not target.isascii() or "#" in target:
        raise InvalidRequest("The address of a request begins with / and is plain ASCII without a fragment.")
    if exchange.version > HttpVersion11:
        raise InvalidRequest("Only HTTP/1.1 and HTTP/1.0 are spoken here.")
