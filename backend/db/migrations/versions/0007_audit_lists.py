"""Indexes for the lists of the audit trail.

The release before does not need them, and writes beside them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The release that ships this migration.
release = "0.1.0"
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}

_KIND = "ix_audit_events_tenant_id_kind_number"
_SUBJECT = "ix_audit_events_tenant_id_subject_id_number"


def upgrade() -> None:
    op.create_index(_KIND, "audit_events", ["tenant_id", "kind", "number"])
    has_subject = sa.text("subject_id IS NOT NULL")
    op.create_index(
        _SUBJECT,
        "audit_events",
        ["tenant_id", "subject_id", "number"],
        sqlite_where=has_subject,
        postgresql_where=has_subject,
    )


def downgrade() -> None:
    op.drop_index(_SUBJECT, "audit_events")
    op.drop_index(_KIND, "audit_events")
