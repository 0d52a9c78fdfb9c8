"""Exports of everything a tenant has.

A new table, of which the release before knows nothing.
"""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.row_security import enable_row_security

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# The release that ships this migration.
release = "0.1.0"
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}


def upgrade() -> None:
    op.create_table(
        "tenant_exports",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_kind", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("ready_at", sa.BigInteger(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'ready', 'failed')", name=op.f("ck_tenant_exports_state")),
        sa.CheckConstraint("failure IN ('too_large', 'gave_up')", name=op.f("ck_tenant_exports_failure")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tenant_exports_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_tenant_exports")),
    )
    enable_row_security("tenant_exports")


def downgrade() -> None:
    op.drop_table("tenant_exports")
