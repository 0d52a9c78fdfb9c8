"""The settings of one bridge, and where each of them came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from backend.secret import Secret

FILE_NAME: Final = "toolboxai-server.toml"
DATABASE_NAME: Final = "toolboxai.db"

LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Settings:
    data_dir: Path
    database_url: Secret | None = None
    migration_database_url: Secret | None = None
    bind: tuple[str, ...] = ("127.0.0.1", "::1")
    port: int = 8460
    ops_port: int = 9464
    workers: int = 1
    allowed_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    log_level: LogLevel = "info"
    drain_seconds: float = 8.0
    request_timeout_seconds: float = 30.0
    body_timeout_seconds: float = 10.0
    body_limit_bytes: int = 1_048_576
    idempotency_hours: int = 24

    @property
    def file_path(self) -> Path:
        return self.data_dir / FILE_NAME

    @property
    def database_path(self) -> Path:
        """The SQLite file that is used when no `database_url` is given."""
        return self.data_dir / DATABASE_NAME


@dataclass(frozen=True, slots=True)
class Loaded:
    settings: Settings
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()
