"""The two kinds of database address that are accepted, brought into one form. No error here repeats the address."""

from typing import Final
from urllib.parse import urlsplit

SQLITE: Final = "sqlite:///"
POSTGRESQL: Final = "postgresql://"
_HIGHEST_PORT: Final = 65535


def database_url(text: str, *, windows: bool) -> str:
    """Return the address in the one form that the program reads on; ValueError says what is missing."""
    if not text.isprintable() or " " in text or "#" in text:
        raise ValueError("holds a space, a # or a character that is not printable (write it as %20, %23 and the like)")
    if text.startswith(SQLITE):
        return _sqlite(text.removeprefix(SQLITE), windows=windows)
    if text.startswith(POSTGRESQL):
        return _postgresql(text)
    if text.startswith(("postgres://", "postgresql+")):
        raise ValueError("does not start with postgresql:// (neither postgres:// nor a +driver is used here)")
    raise ValueError("does not start with sqlite:/// or postgresql://")


def _sqlite(path: str, *, windows: bool) -> str:
    if "?" in path:
        raise ValueError("holds a ? (write it as %3F)")
    if windows:
        drive, colon, rest = path.lstrip("/").partition(":")
        if not (len(drive) == 1 and drive.isalpha() and colon and rest.startswith(("/", "\\"))):
            raise ValueError("does not name an absolute path after sqlite:///, such as sqlite:///C:/data/toolboxai.db")
        return SQLITE + path.lstrip("/").replace("\\", "/")
    # sqlite:///srv/x.db and SQLAlchemy's own sqlite:////srv/x.db both mean /srv/x.db: a relative path is never meant.
    name = path.lstrip("/")
    if not name or name.startswith((":memory:", "~", ".")) or name.endswith("/"):
        raise ValueError(
            "does not name a file by its absolute path after sqlite:///, such as sqlite:///srv/toolboxai.db"
        )
    return f"{SQLITE}{name}"


def _postgresql(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"has a host or a port that cannot be read (a port is 1 to {_HIGHEST_PORT})") from None
    if port == 0:
        raise ValueError(f"has port 0; a port is 1 to {_HIGHEST_PORT}")
    if not parts.hostname and "host=" not in parts.query:
        raise ValueError("names no host: write it after the @, or add ?host=/folder/of/the/socket")
    if not parts.path.strip("/"):
        raise ValueError("names no database after the host")
    return text
