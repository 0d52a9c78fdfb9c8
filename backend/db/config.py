"""Which database, and the limits it is used within. Imports no SQLAlchemy: a command that only shows it is quick."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, quote, unquote, urlsplit

from backend.errors import DatabaseError
from backend.secret import Secret

Dialect = Literal["sqlite", "postgresql"]

ACCEPTED: Final = "it may be sqlite:///absolute/path or postgresql://user:password@host:port/name"
_WINDOWS_DRIVE: Final = re.compile(r"/[A-Za-z]:[/\\]")


@dataclass(frozen=True, slots=True)
class DatabaseConfig:
    """Where the database is. The limits are fields so that a test can reach them; nobody has to set them."""

    url: Secret

    application: str | None = None
    """PostgreSQL: the role that a migration lets in to what it made."""
    guarded: bool = True
    """Whether each statement is held to the tenant of its unit; only tests of what databases do go without."""
    group_seconds: float = 0.005
    """SQLite: how long units that wait are gathered into one commit."""
    unit_seconds: float = 1.0
    """SQLite: a unit that takes longer holds everyone else up, so it is rolled back."""
    read_seconds: float = 5.0
    turn_seconds: float = 10.0
    """SQLite: how long a writer waits for the other processes that write."""
    busy_milliseconds: int = 5_000
    """SQLite: how long a program that does not pass the turnstile (a backup, a shell) is waited for."""
    queued_units: int = 1_024
    """SQLite: units that wait for the writer; one more is refused at once instead of waiting in vain."""
    readers: int = 4

    pool_connections: int = 10
    pool_seconds: float = 5.0
    connect_seconds: float = 5.0
    lock_milliseconds: int = 2_000
    statement_milliseconds: int = 5_000
    idle_milliseconds: int = 10_000

    def __post_init__(self) -> None:
        parts = _split(self.url.reveal())
        if parts.scheme == "sqlite":
            path = _path_of(parts.path)
            if not path.is_absolute() or not path.name or parts.netloc or parts.query:
                raise DatabaseError(f"The address of the SQLite database is not an absolute path; {ACCEPTED}.")
        elif parts.scheme != "postgresql" or not parts.path.strip("/"):
            raise DatabaseError(f"The address of the database is not one this program knows; {ACCEPTED}.")

    @property
    def dialect(self) -> Dialect:
        return "sqlite" if _split(self.url.reveal()).scheme == "sqlite" else "postgresql"

    @property
    def user(self) -> str | None:
        """The role that the address names."""
        found = _split(self.url.reveal()).username
        return None if found is None else unquote(found)

    @property
    def sqlite_path(self) -> Path:
        return _path_of(_split(self.url.reveal()).path)

    @property
    def shown(self) -> str:
        """The address for people: no password, and nothing of the query, where one could stand as well."""
        if self.dialect == "sqlite":
            return str(self.sqlite_path)
        parts = _split(self.url.reveal())
        user = f"{parts.username}@" if parts.username else ""
        port = f":{parts.port}" if parts.port else ""
        return f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"


def sqlite_config(path: Path) -> DatabaseConfig:
    return DatabaseConfig(Secret(f"sqlite:///{quote(path.as_posix().lstrip('/'))}"))


def _path_of(url_path: str) -> Path:
    """Take sqlite:///x and SQLAlchemy's sqlite:////x for the same file, and /C:/x for a Windows drive."""
    decoded = unquote(url_path)
    return Path(decoded[1:] if _WINDOWS_DRIVE.match(decoded) else re.sub(r"^/+", "/", decoded))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 -- reading it is what checks it
    except ValueError:
        # The parser's own message repeats the address, and the password is in it.
        raise DatabaseError(f"The address of the database cannot be read; {ACCEPTED}.") from None
    return parts
