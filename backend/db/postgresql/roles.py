"""The roles on a PostgreSQL server: the owner migrates and sees every row, the application sees those of its units."""

from typing import Final

from sqlalchemy import Connection, text

from backend.db.config import DatabaseConfig
from backend.errors import DatabaseError

SEES_EVERYTHING: Final = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_HOW: Final = "docs/tenancy.md shows how the roles are made"


def refuse_all_seeing(config: DatabaseConfig, *, sees_everything: bool) -> None:
    """Refuse to serve as a role that row-level security does not hold."""
    if sees_everything:
        raise DatabaseError(
            f"The user of {config.shown} sees the rows of every tenant (it is a superuser or has BYPASSRLS), so the "
            f"database could not keep tenants apart; serve as another one, {_HOW}."
        )


def refuse_half_blind(config: DatabaseConfig, connection: Connection) -> None:
    """Refuse to migrate as a role that does not see every row: a migration would leave the others as they were."""
    if not connection.execute(text(SEES_EVERYTHING)).scalar_one():
        raise DatabaseError(
            f"The user of {config.shown} does not see the rows of every tenant, so a migration would pass over them; "
            f"set TOOLBOXAI_MIGRATION_DATABASE_URL to an owner with BYPASSRLS, {_HOW}."
        )


def let_in(connection: Connection, application: str) -> None:
    """Give the application's role what it needs: rows, and nothing that changes a table."""
    name = connection.dialect.identifier_preparer.quote_identifier(application)
    for words in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
    ):
        connection.execute(text(words))
    connection.commit()
