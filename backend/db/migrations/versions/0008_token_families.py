"""Token families, and the digests by which their tokens are found.

New tables, of which the release before knows nothing.
"""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.row_security import enable_row_security

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The release that ships this migration.
release = "0.1.0"
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}


def upgrade() -> None:
    op.create_table(
        "token_families",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("refreshed_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("reuse_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "key_id"],
            ["api_keys.tenant_id", "api_keys.id"],
            name=op.f("fk_token_families_tenant_id_key_id_api_keys"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_token_families")),
    )
    op.create_index("ix_token_families_tenant_id_key_id", "token_families", ["tenant_id", "key_id"])
    enable_row_security("token_families")
    op.create_table(
        "token_lookups",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("family_id", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("spent_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('access', 'refresh')", name=op.f("ck_token_lookups_kind")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_token_lookups")),
    )
    op.create_index("ix_token_lookups_tenant_id_family_id", "token_lookups", ["tenant_id", "family_id"])
    op.create_index("ix_token_lookups_ends_at", "token_lookups", ["ends_at"])


def downgrade() -> None:
    op.drop_table("token_lookups")
    op.drop_table("token_families")
