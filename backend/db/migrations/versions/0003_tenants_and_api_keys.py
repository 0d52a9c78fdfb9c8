"""Tenants, how much they use, and their API keys.

New tables, of which the release before knows nothing.
"""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.row_security import enable_row_security

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The release that ships this migration.
release = "0.1.0"
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}


def upgrade() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('district', 'school')", name=op.f("ck_tenants_kind")),
        sa.CheckConstraint("state IN ('active', 'suspended', 'deleting', 'deleted')", name=op.f("ck_tenants_state")),
        sa.CheckConstraint("kind = 'school' OR parent_id IS NULL", name=op.f("ck_tenants_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["tenants.id"], name=op.f("fk_tenants_parent_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )
    op.create_index("ix_tenants_parent_id_id", "tenants", ["parent_id", "id"])
    op.create_table(
        "usage_counters",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_usage_counters_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_usage_counters")),
    )
    enable_row_security("usage_counters")
    op.create_table(
        "key_lookups",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('api', 'game')", name=op.f("ck_key_lookups_kind")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_key_lookups")),
    )
    op.create_index("ix_key_lookups_tenant_id_key_id", "key_lookups", ["tenant_id", "key_id"])
    op.create_table(
        "api_keys",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by_kind", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("rotated_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_keys")),
    )
    enable_row_security("api_keys")


def downgrade() -> None:
    op.drop_table("api_keys")
    op.drop_table("key_lookups")
    op.drop_table("usage_counters")
    op.drop_table("tenants")
