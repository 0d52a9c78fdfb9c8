"""Row-level security: PostgreSQL itself shows a unit the rows of its tenant alone, whatever a statement says.

It stands behind the guard of statements (backend/db/tenancy), for what that does not see: a function of the server, a
defect of the guard, a person at a shell with the application's role.
"""

from typing import Final

from alembic import op

POLICY: Final = "of_the_tenant"
# Of nobody, where no unit has said whose it is: a setting that was set once is empty afterwards, not gone.
CONDITION: Final = "tenant_id = nullif(current_setting('app.tenant', true), '')"


def enable_row_security(table: str) -> None:
    """Called by the migration that makes a table of tenants; SQLite has no such thing."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    # For its owner too.
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {POLICY} ON {table} USING ({CONDITION}) WITH CHECK ({CONDITION})")
