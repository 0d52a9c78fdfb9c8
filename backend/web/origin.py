"""Which pages may make a browser ask: our own.

CORS is off, so a browser hides our answers from other origins, but it still sends their requests. Refused, whatever the
method: an `Origin` that is not ours (`null` too), and a request that the browser itself marks as made by another origin
(`Sec-Fetch-Site`), unless a person follows a link to a page here. Programs send neither header and are not concerned.
"""

from aiohttp import hdrs
from multidict import istr

from backend.errors import ForeignOrigin
from backend.web.exchange import Exchange

_SEC_FETCH_SITE = istr("Sec-Fetch-Site")
_SEC_FETCH_MODE = istr("Sec-Fetch-Mode")
_SEC_FETCH_DEST = istr("Sec-Fetch-Dest")
_OWN_SITES = frozenset({"same-origin", "none"})


def check_origin(exchange: Exchange) -> None:
    """Raise ForeignOrigin if the page behind the request is not ours; the Host has been checked before."""
    headers = exchange.headers
    # A header that stands twice is read whole: what stands between us and the browser may have read the other one.
    is_foreign = hdrs.ORIGIN in headers and not all(
        _is_own(origin, headers[hdrs.HOST]) for origin in headers.getall(hdrs.ORIGIN)
    )
    is_marked = _SEC_FETCH_SITE in headers and not _OWN_SITES.issuperset(headers.getall(_SEC_FETCH_SITE))
    if is_foreign or (is_marked and not _is_navigation(exchange)):
        raise ForeignOrigin("Pages of other origins may not use this bridge.")


def require_own_page(exchange: Exchange) -> None:
    """Raise ForeignOrigin unless a page of ours sent this; a browser names its origin with every change."""
    headers = exchange.headers
    # check_origin has refused what does not fit; here it has to be there. A form or a link of old browsers has neither.
    if hdrs.ORIGIN not in headers and headers.getall(_SEC_FETCH_SITE, ()) != ["same-origin"]:
        raise ForeignOrigin(
            "A change with the cookie of a sign-in has to come from a page of this bridge, with its Origin."
        )


def _is_own(origin: str, host: str) -> bool:
    scheme, separator, authority = origin.partition("://")
    # https where a proxy ends TLS: no other site can have our authority under either scheme.
    return bool(separator) and scheme in {"http", "https"} and authority.lower() == host.lower()


def _is_navigation(exchange: Exchange) -> bool:
    headers = exchange.headers
    return (
        exchange.method in {hdrs.METH_GET, hdrs.METH_HEAD}
        and headers.getall(_SEC_FETCH_MODE, ()) == ["navigate"]
        and headers.getall(_SEC_FETCH_DEST, ()) == ["document"]
    )
