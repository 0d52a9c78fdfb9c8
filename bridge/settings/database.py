"""The database that the settings name."""

from backend.db.config import DatabaseConfig, sqlite_config
from bridge.settings.model import Settings


def database_config(settings: Settings) -> DatabaseConfig:
    if settings.database_url is None:
        return sqlite_config(settings.database_path)
    return DatabaseConfig(settings.database_url)


def migration_config(settings: Settings) -> DatabaseConfig:
    """The database as whoever migrates it: on PostgreSQL an owner, who lets the application's role in."""
    serving = database_config(settings)
    if settings.migration_database_url is None or serving.dialect == "sqlite":
        return serving
    return DatabaseConfig(settings.migration_database_url, application=serving.user)
