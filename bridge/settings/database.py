"""The database that the settings name."""

from backend.db.config import DatabaseConfig, sqlite_config
from bridge.settings.model import Settings


def database_config(settings: Settings) -> DatabaseConfig:
    if settings.database_url is None:
        return sqlite_config(settings.database_path)
    return DatabaseConfig(settings.database_url)
