"""Gives a database of a test back as it was when it was new: many times faster than making another one.

Tables that the test brought go, every row goes, sequences begin anew and the rows of a new database come back. What
cannot be taken back so simply (a table that was altered, a function, a policy) is seen, and the database is not reused.
"""

from dataclasses import dataclass
from typing import Final

import asyncpg  # type: ignore[import-untyped]

_NAMES: Final = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind::text = ANY($1)"
_TABLES: Final = ["r", "v", "m"]
_SEQUENCES: Final = ["S"]
_END_OTHERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Everything that is made by words about tables, roughly as they were written.
_SHAPE: Final = """
SELECT array_agg(part ORDER BY part) FROM (
    SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity, relforcerowsecurity, relacl, reloptions) AS part
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'column', relname, attname, atttypid, attnotnull, attnum, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
    UNION ALL
    SELECT concat_ws(' ', 'rule', conname, conrelid::regclass, pg_get_constraintdef(pg_constraint.oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'policy', tablename, policyname, roles, cmd, qual, with_check) FROM pg_policies
    UNION ALL
    SELECT concat_ws(' ', 'function', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT concat_ws(' ', 'schema', nspname, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL
    SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
    JOIN pg_database ON pg_database.oid = setdatabase WHERE datname = current_database()
) AS shape
"""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a new database looks like."""

    tables: tuple[str, ...]
    shape: tuple[str, ...]
    # The rows of each table that has some, as JSON.
    rows: dict[str, str]


async def look(url: str) -> Fresh:
    """Look at a database that was just made."""
    connection = await asyncpg.connect(url)
    try:
        tables = await _names(connection, _TABLES)
        found = {name: await connection.fetchval(f"SELECT json_agg(each) FROM {name} AS each") for name in tables}  # noqa: S608 - ours
        rows = {name: text for name, text in found.items() if text is not None}
        return Fresh(tables, tuple(await connection.fetchval(_SHAPE)), rows)
    finally:
        await connection.close()


async def made_fresh(url: str, fresh: Fresh) -> bool:
    """Make a database new again as its server's master; return whether it is one now."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"SET lock_timeout = '5s'; {_END_OTHERS}")
        brought = [name for name in await _names(connection, _TABLES) if name not in fresh.tables]
        if brought:
            await connection.execute(f"DROP TABLE {', '.join(brought)} CASCADE")
        is_same = tuple(await connection.fetchval(_SHAPE)) == fresh.shape
        if is_same:
            await connection.execute(_words(fresh, await _names(connection, _SEQUENCES)))
    except asyncpg.PostgresError:
        # No master of the server, a view of the test's own, a lock that stays: then another one is made.
        return False
    finally:
        await connection.close()
    return is_same


def _words(fresh: Fresh, sequences: tuple[str, ...]) -> str:
    # A replica neither fires the triggers that keep rows from being deleted nor asks in which order that is done.
    words = ["BEGIN", "SET LOCAL session_replication_role = replica"]
    words += [f"DELETE FROM {name}" for name in fresh.tables]  # noqa: S608 - ours, as below
    words += [f"SELECT setval('{name}', 1, false)" for name in sequences]
    for name, rows in fresh.rows.items():
        quoted = rows.replace("'", "''")
        words.append(f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, '{quoted}')")  # noqa: S608
    return "; ".join([*words, "COMMIT"])


async def _names(connection: asyncpg.Connection, kinds: list[str]) -> tuple[str, ...]:
    return tuple(sorted(record[0] for record in await connection.fetch(_NAMES, kinds)))
