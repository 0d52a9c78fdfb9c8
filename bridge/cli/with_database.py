"""A command's work on the database that the settings name."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from backend.errors import DatabaseError, DatabaseUnavailable
from bridge.cli.asked import Asked
from bridge.cli.database_state import is_there
from bridge.cli.loading import load_settings

if TYPE_CHECKING:
    from backend.db.unit import Database
    from bridge.settings import Settings

T = TypeVar("T")


def with_database(asked: Asked, work: Callable[["Database"], Awaitable[T]], settings: "Settings | None" = None) -> T:
    """Run the work on an open database of the form that this version needs; `settings` if they were loaded already."""
    import asyncio

    from backend.db.database import open_database
    from backend.db.migrations.state import assert_current
    from bridge.settings.database import database_config

    config = database_config(load_settings(asked).settings if settings is None else settings)
    if not is_there(config):
        raise DatabaseError(f"there is no database at {config.shown} yet: start serve, or run toolboxai migrate")

    async def opened() -> T:
        await assert_current(config)
        async with open_database(config) as database:
            return await work(database)

    try:
        return asyncio.run(opened())
    except DatabaseUnavailable as error:
        raise DatabaseError(error.sentence) from error
