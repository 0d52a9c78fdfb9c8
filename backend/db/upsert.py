"""INSERT ... ON CONFLICT, which both databases have and SQLAlchemy gives each its own class for."""

from sqlalchemy import FromClause, Table
from sqlalchemy.dialects import postgresql, sqlite

from backend.db.config import Dialect


def insert_into(table: FromClause, dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    if not isinstance(table, Table):
        raise TypeError(f"{table} is not a table that rows can be inserted into")
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
