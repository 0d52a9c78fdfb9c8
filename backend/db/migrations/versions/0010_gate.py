"""Pairings, devices and their sessions.

New tables, of which the release before knows nothing.
"""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.row_security import enable_row_security

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The release that ships this migration.
release = "0.1.0"
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}


def upgrade() -> None:
    op.create_table(
        "pairings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("user_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("universe_id", sa.BigInteger(), nullable=True),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_for_at", sa.BigInteger(), nullable=True),
        sa.Column("interval_seconds", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'approved', 'denied')", name=op.f("ck_pairings_state")),
        sa.CheckConstraint("kind IN ('studio', 'daemon')", name=op.f("ck_pairings_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairings")),
        sa.UniqueConstraint("device_digest", name=op.f("uq_pairings_device_digest")),
        sa.UniqueConstraint("user_digest", name=op.f("uq_pairings_user_digest")),
    )
    op.create_index("ix_pairings_ends_at", "pairings", ["ends_at"])
    op.create_table(
        "devices",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("master_version", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("next_master_version", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by_kind", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('studio', 'daemon')", name=op.f("ck_devices_kind")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_devices_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_devices")),
    )
    enable_row_security("devices")
    op.create_table(
        "device_places",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_places")),
    )
    op.create_table(
        "bridge_sessions",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("universe_id", sa.BigInteger(), nullable=True),
        sa.Column("master_version", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('device', 'game_key')", name=op.f("ck_bridge_sessions_kind")),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_bridge_sessions")),
    )
    op.create_index("ix_bridge_sessions_tenant_id_holder_id", "bridge_sessions", ["tenant_id", "holder_id"])
    op.create_index("ix_bridge_sessions_ends_at", "bridge_sessions", ["ends_at"])
    op.create_table(
        "bridge_identity",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_bridge_identity_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_bridge_identity")),
    )


def downgrade() -> None:
    for table in ("bridge_identity", "bridge_sessions", "device_places", "devices", "pairings"):
        op.drop_table(table)
