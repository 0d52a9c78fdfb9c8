"""Before the workers serve: the key file fits the database, and there is a way in for the first administrator."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.db.config import DatabaseConfig
    from bridge.settings import Settings


async def prepare(settings: "Settings", config: "DatabaseConfig", url: str) -> str | None:
    """Return a link for the first administrator where nobody operates the platform yet, made anew at each start.

    FilesError if the key file is missing, damaged or another one's: one sentence here, instead of a worker that ends.
    """
    # SQLAlchemy is imported only now, while the workers start.
    from backend.accounts.people import first_link  # noqa: PLC0415
    from backend.db.database import open_database  # noqa: PLC0415
    from backend.sealing.opening import open_vault  # noqa: PLC0415

    async with open_database(config) as database:
        await open_vault(settings.key_path, database)
        if not await database.read(first_link.is_needed):
            return None
        made = await database.write(first_link.make)
    return f"{settings.public_url or url}{made.path}"
