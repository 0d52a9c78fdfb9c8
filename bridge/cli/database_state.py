"""What the commands ask about a database without changing it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.db.config import DatabaseConfig


def current_revision(config: "DatabaseConfig") -> str | None:
    """Return the revision of the database, or None where there is nothing yet."""
    import asyncio

    from backend.db.migrations.state import current

    return asyncio.run(current(config)) if is_there(config) else None


def is_there(config: "DatabaseConfig") -> bool:
    """Tell whether there is something to look at: to look at an SQLite file that is not there would make it."""
    return config.dialect != "sqlite" or config.sqlite_path.exists()
