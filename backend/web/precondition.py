"""Optimistic locking: the version of a thing as its ETag, and the If-Match of whoever changes it."""

import re
from typing import Final

from aiohttp import hdrs

from backend.errors import InvalidRequest, PreconditionFailed, PreconditionRequired
from backend.web.exchange import Exchange

# A strong entity tag (RFC 9110); ours are a number, and a stranger may send any.
_ENTITY_TAG: Final = re.compile(r'"([\x21\x23-\x7e]{0,64})"')
_VERSION: Final = re.compile(r"0|[1-9][0-9]{0,15}")
# No thing has it, so a tag that is none of ours fits nothing.
_NO_VERSION: Final = -1


def etag(version: int) -> str:
    return f'"{version}"'


def read_version(exchange: Exchange) -> int:
    """Return the version that If-Match names.

    `*` is refused: it says that whatever is there may be lost, which is what this header is asked for to prevent.
    """
    given = exchange.headers.getall(hdrs.IF_MATCH, ())
    if not given:
        raise PreconditionRequired("Send the ETag of what you have read as If-Match.")
    tag = _ENTITY_TAG.fullmatch(given[0])
    if len(given) > 1 or (tag is None and not given[0].startswith("W/")):
        raise InvalidRequest('Send one ETag as If-Match, as it came: "1", with its quotation marks.')
    # A weak tag never matches strongly.
    return int(tag[1]) if tag is not None and _VERSION.fullmatch(tag[1]) is not None else _NO_VERSION


def require_version(seen: int | None, found: int) -> None:
    """Raise PreconditionFailed unless what was found is what the caller has seen."""
    if seen != found:
        raise PreconditionFailed("This has been changed since you read it; read it anew and decide again.")
