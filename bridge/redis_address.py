"""Where the Redis server of the gate is, read from the setting `redis_url`. No error here repeats the address."""

import ssl
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from backend.secret import Secret

DEFAULT_PORT: Final = 6379
_SCHEMES: Final = ("redis", "rediss", "unix")
_MOST_DATABASES: Final = 16_384


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int
    # A socket of this machine, in the place of host and port.
    path: str | None
    tls: ssl.SSLContext | None
    user: str | None
    password: Secret | None
    database: int


def parse(text: str) -> Address:
    """Read an address; ValueError says what is wrong with it."""
    if not text.isprintable() or " " in text or "#" in text:
        raise ValueError("holds a space, a # or a character that is not printable (write it as %20, %23 and the like)")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("has a host or a port that cannot be read (a port is 1 to 65535)") from None
    if parts.scheme not in _SCHEMES:
        raise ValueError("does not start with redis://, rediss:// or unix://")
    user = unquote(parts.username) if parts.username else None
    password = Secret(unquote(parts.password)) if parts.password else None
    if user is not None and password is None:
        raise ValueError("names a user without a password")
    if parts.scheme == "unix":
        if not PurePosixPath(parts.path).is_absolute() or parts.hostname:
            raise ValueError("does not name a socket by its absolute path, such as unix:///run/valkey.sock")
        return Address("", 0, unquote(parts.path), None, user, password, _database(parts.query.removeprefix("db=")))
    if not parts.hostname or port == 0:
        raise ValueError("names no host, or port 0")
    if parts.query:
        raise ValueError("holds a ?: what can be said stands before it")
    return Address(
        host=parts.hostname,
        port=DEFAULT_PORT if port is None else port,
        path=None,
        tls=_tls(parts),
        user=user,
        password=password,
        database=_database(parts.path.removeprefix("/")),
    )


def _tls(parts: SplitResult) -> ssl.SSLContext | None:
    return ssl.create_default_context() if parts.scheme == "rediss" else None


def _database(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and int(text) < _MOST_DATABASES):
        raise ValueError("names a database that is no number")
    return int(text or 0)
