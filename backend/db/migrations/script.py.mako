"""${message.rstrip(".")}.

This migration must be safe beside the previous release, which goes on working while it runs and after it: what that
release reads stays where it is, and what it writes is still accepted. So a change takes several releases: add
(expand), fill, write both, read the new, stop using the old, and only in a later release drop the old (contract).
Keep it short: on PostgreSQL a lock is waited for ${"4 s"}, and one statement may take ${"10 min"}.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${'"%s"' % up_revision}
down_revision = ${'"%s"' % down_revision if down_revision else None}
branch_labels = None
depends_on = None

# The release that ships this migration.
release = ${'"%s"' % config.attributes["release"]}
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
