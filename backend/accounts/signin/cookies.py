"""The cookies of a sign-in: for this host alone, out of reach of scripts, and sent from our own pages alone."""

from typing import Final

from backend.accounts.signin.known_device import DEVICE_COOKIE
from backend.accounts.signin.sessions.service import LASTS_MILLISECONDS
from backend.secret import Secret
from backend.web.credentials import SIGNIN_COOKIE

_ATTRIBUTES: Final = "Path=/; Secure; HttpOnly; SameSite=Lax"
_SIGNIN_SECONDS: Final = LASTS_MILLISECONDS // 1000
_DEVICE_SECONDS: Final = 365 * 86_400
Header = tuple[str, str]


def signin_cookie(secret: Secret) -> Header:
    return "Set-Cookie", f"{SIGNIN_COOKIE}={secret.reveal()}; Max-Age={_SIGNIN_SECONDS}; {_ATTRIBUTES}"


def device_cookie(device: str) -> Header:
    return "Set-Cookie", f"{DEVICE_COOKIE}={device}; Max-Age={_DEVICE_SECONDS}; {_ATTRIBUTES}"


def signed_out() -> tuple[Header, ...]:
    """Take the sign-in away from a browser, with what it may have kept of our pages."""
    gone = ("Set-Cookie", f"{SIGNIN_COOKIE}=; Max-Age=0; {_ATTRIBUTES}")
    return gone, ("Clear-Site-Data", '"cache", "storage"')
