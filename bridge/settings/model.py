"""The settings of one bridge, and where each of them came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from backend.secret import Secret

FILE_NAME: Final = "toolboxai-server.toml"
DATABASE_NAME: Final = "toolboxai.db"

KEY_FILE_NAME: Final = "keys.json"
MAIL_FOLDER_NAME: Final = "mail"
EXPORT_FOLDER_NAME: Final = "exports"
ERASURES_NAME: Final = "erasures.jsonl"

LogLevel = Literal["debug", "info", "warning", "error"]
GateStoreKind = Literal["core", "redis"]
RealtimeEngineKind = Literal["memory", "redis"]
MailEncryption = Literal["starttls", "tls", "none"]
# The rate limits that may be tried out; a test holds them to the table of all (bridge/gate/limits.py).
ShadowLimit = Literal["address", "session", "account", "tenant", "health", "cheap", "read", "write"]


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
    key_file: str | None = None
    public_url: str | None = None
    house_name: str = "ToolboxAI Bridge"
    breached_passwords: str | None = None
    gate_store: GateStoreKind = "core"
    realtime_engine: RealtimeEngineKind = "memory"
    redis_url: Secret | None = None
    redis_give_up_seconds: float = 0.05
    mail_sender: str | None = None
    mail_host: str | None = None
    mail_port: int = 587
    mail_encryption: MailEncryption = "starttls"
    mail_user: str | None = None
    mail_password: Secret | None = None
    shadow_limits: tuple[ShadowLimit, ...] = ()

    @property
    def file_path(self) -> Path:
        return self.data_dir / FILE_NAME

    @property
    def database_path(self) -> Path:
        """The SQLite file that is used when no `database_url` is given."""
        return self.data_dir / DATABASE_NAME

    @property
    def key_path(self) -> Path:
        """The file with the master keys."""
        return self.data_dir / KEY_FILE_NAME if self.key_file is None else Path(self.key_file)

    @property
    def erasures_path(self) -> Path:
        """The ledger of erasures, which lies beside the keys: neither belongs into a backup of the database."""
        return self.key_path.with_name(ERASURES_NAME)

    @property
    def mail_folder(self) -> Path:
        """Where letters are laid as files when no mail server is named."""
        return self.data_dir / MAIL_FOLDER_NAME

    @property
    def export_folder(self) -> Path:
        """Where the exports of tenants lie until their time is over."""
        return self.data_dir / EXPORT_FOLDER_NAME


@dataclass(frozen=True, slots=True)
class Loaded:
    settings: Settings
    origins: Mapping[str, str]
    warnings: tuple[str, ...] = ()
