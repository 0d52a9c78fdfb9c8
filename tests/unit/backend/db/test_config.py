"""The address of a database."""

from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig, sqlite_config
from backend.errors import DatabaseError
from backend.secret import Secret


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///srv/x.db", "/srv/x.db"),
        ("sqlite:////srv/x.db", "/srv/x.db"),
        ("sqlite:///srv/a%20b%25/x.db", "/srv/a b%/x.db"),
    ],
)
def test_a_sqlite_address_names_a_file(url: str, path: str) -> None:
    config = DatabaseConfig(Secret(url))

    assert config.dialect == "sqlite"
    assert config.sqlite_path == Path(path)
    assert config.shown == path


@pytest.mark.parametrize("path", ["/srv/x.db", "/srv/a folder & 100% #1?/ü.db"])
def test_a_path_comes_back_out_of_its_address(path: str) -> None:
    assert sqlite_config(Path(path)).sqlite_path == Path(path)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite://host/x.db",
        "sqlite:///C:/x.db",
        "sqlite:///srv/x.db?mode=ro",
        "mysql://me:canary@host/x",
        "postgresql://me:canary@host",
        "postgresql://me:canary@host:port/x",
        "postgresql://me:canary@[host/x",
        "",
    ],
)
def test_any_other_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseError, match="it may be sqlite:///absolute/path or postgresql://") as raised:
        DatabaseConfig(Secret(url))

    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_the_password_is_not_shown() -> None:
    config = DatabaseConfig(Secret("postgresql://me:canary-1@db.example:5433/school?password=canary-2&host=/run"))

    assert config.dialect == "postgresql"
    assert config.shown == "postgresql://me@db.example:5433/school"
    assert "canary" not in repr(config)
