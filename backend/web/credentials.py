"""What a request brings to say who it is: the cookie of a browser or the bearer of a program, and never both."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from aiohttp import hdrs

from backend.errors import InvalidRequest, Unauthenticated
from backend.secret import Secret
from backend.web.exchange import Exchange
from backend.web.origin import require_own_page

# A browser keeps a cookie with this prefix only from a secure origin, for this host alone and for every path, so that
# no neighbour under the same domain can plant one.
SIGNIN_COOKIE: Final = "__Host-toolboxai"
_SAFE_METHODS: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_SIGNIN: Final = r"[A-Za-z0-9_-]{43}"
_ONLY_COOKIE: Final = re.compile(rf"{SIGNIN_COOKIE}=({_SIGNIN})")
_SIGNIN_VALUE: Final = re.compile(_SIGNIN)
_BEARER: Final = re.compile(r"[Bb]earer (tbx_[A-Za-z0-9_-]{16,252})")
_PREFIX: Final = SIGNIN_COOKIE.casefold()
# A cookie with the text of a bearer is none.
_COOKIE_MARK: Final = "cookie "
_BEARER_MARK: Final = "bearer "
# Bytes that are no UTF-8 come as lone surrogates.
_AS_SENT: Final = ("utf-8", "surrogateescape")


class CredentialKind(StrEnum):
    SIGNIN = "signin"
    KEY = "key"


class Credentials(NamedTuple):
    kind: CredentialKind
    secret: Secret

    def mark(self) -> bytes:
        """Return what these are kept under, hashed: the header that brings them and nothing else, with its kind."""
        if self.kind is CredentialKind.SIGNIN:
            return f"{_COOKIE_MARK}{SIGNIN_COOKIE}={self.secret.reveal()}".encode()
        return f"{_BEARER_MARK}Bearer {self.secret.reveal()}".encode()


def only_credential(exchange: Exchange) -> bytes | None:
    """Return the mark of a request that brings one credential in its plainest form and could not be another page's.

    It is that of `read_credentials` then, without the parsing; of any other form there is none. A line that stands for
    no credential may have one too, but nothing is ever kept under it.
    """
    headers = exchange.headers
    cookies = headers.getall(hdrs.COOKIE, None)
    bearers = headers.getall(hdrs.AUTHORIZATION, None)
    if cookies is None:
        return None if bearers is None or len(bearers) > 1 else f"{_BEARER_MARK}{bearers[0]}".encode(*_AS_SENT)
    if bearers is not None or len(cookies) > 1 or exchange.method not in _SAFE_METHODS:
        return None
    return f"{_COOKIE_MARK}{cookies[0]}".encode(*_AS_SENT)


def read_credentials(exchange: Exchange) -> Credentials | None:
    """Return what the request brings, or None.

    InvalidRequest if it is ambiguous, Unauthenticated if it cannot be right, ForeignOrigin if a browser would send it
    along with a change that no page of ours asked for.
    """
    headers = exchange.headers
    cookies = headers.getall(hdrs.COOKIE, None)
    signin = None if cookies is None else _read_cookie(cookies)
    bearers = headers.getall(hdrs.AUTHORIZATION, None)
    if bearers is not None:
        if signin is not None:
            raise InvalidRequest("Send either the cookie of a sign-in or an Authorization header, not both.")
        return Credentials(CredentialKind.KEY, Secret(_read_bearer(bearers)))
    if signin is None:
        return None
    if exchange.method not in _SAFE_METHODS:
        require_own_page(exchange)
    return Credentials(CredentialKind.SIGNIN, Secret(signin))


def wrong_credentials() -> Unauthenticated:
    """One sentence for all that is wrong with a credential, so that it cannot be told which part was right."""
    return Unauthenticated("What this request brings to say who it is does not hold; sign in, or use another key.")


def _read_cookie(lines: list[str]) -> str | None:
    if len(lines) == 1 and (only := _ONLY_COOKIE.fullmatch(lines[0])) is not None:
        return only[1]
    # Other programs on this host may have set cookies of any form, so only ours is held to one.
    pairs = [pair.partition("=") for line in lines for pair in line.split(";")]
    # Browsers know the prefix in any case.
    ours = [(name.strip(" \t"), value) for name, _, value in pairs if name.strip(" \t").casefold() == _PREFIX]
    if not ours:
        return None
    if len(ours) > 1:
        raise InvalidRequest("The cookie of a sign-in stands twice in this request.")
    name, value = ours[0]
    if name != SIGNIN_COOKIE or _SIGNIN_VALUE.fullmatch(value) is None:
        raise wrong_credentials()
    return value


def _read_bearer(lines: list[str]) -> str:
    if len(lines) > 1:
        raise InvalidRequest("Send one Authorization header.")
    bearer = _BEARER.fullmatch(lines[0])
    if bearer is None:
        raise wrong_credentials()
    return bearer[1]
