"""Keys under which fields are sealed, people with what they hold, and their sign-ins.

New tables, of which the release before knows nothing.
"""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.row_security import enable_row_security

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The release that ships this migration.
release = "0.1.0"
# What is dropped or renamed ("table" or "table.column") -> the release that stopped using it, an earlier one.
contracts: dict[str, str] = {}


def upgrade() -> None:
    op.create_table(
        "holder_keys",
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master_version", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_holder_keys")),
    )
    op.create_index("ix_holder_keys_master_version", "holder_keys", ["master_version"])
    op.create_table(
        "one_time_links",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('first', 'invite', 'reset')", name=op.f("ck_one_time_links_kind")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_links")),
    )
    op.create_index("ix_one_time_links_kind_subject_id", "one_time_links", ["kind", "subject_id"])
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("digest_version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_since", sa.BigInteger(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended', 'erased')", name=op.f("ck_people_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_digest", name=op.f("uq_people_email_digest")),
    )
    op.create_index("ix_people_digest_version", "people", ["digest_version"])
    op.create_table(
        "signin_tries",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.Float(precision=53), nullable=False),
        sa.Column("last_seconds", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_signin_tries")),
    )
    op.create_index("ix_signin_tries_last_seconds", "signin_tries", ["last_seconds"])
    op.create_table(
        "invitations",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Text(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("invited_at", sa.BigInteger(), nullable=False),
        sa.Column("invited_by_kind", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'revoked')", name=op.f("ck_invitations_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_invitations_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_invitations")),
    )
    enable_row_security("invitations")
    op.create_table(
        "members",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_members_person_id_people")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_members_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_members")),
    )
    enable_row_security("members")
    op.create_table(
        "person_tenants",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_tenants_person_id_people")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_person_tenants_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("person_id", "tenant_id", name=op.f("pk_person_tenants")),
    )
    op.create_index("ix_person_tenants_tenant_id", "person_tenants", ["tenant_id"])
    op.create_table(
        "platform_grants",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_platform_grants_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_platform_grants")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "signins",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("second_factor_at", sa.BigInteger(), nullable=True),
        sa.Column("stepped_up_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signins_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signins")),
        sa.UniqueConstraint("digest", name=op.f("uq_signins_digest")),
    )
    op.create_index("ix_signins_person_id_id", "signins", ["person_id", "id"])
    op.create_table(
        "subject_keys",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_subject_keys_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "subject_id", name=op.f("pk_subject_keys")),
    )
    enable_row_security("subject_keys")
    op.create_table(
        "grants",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Text(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by_kind", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["members.tenant_id", "members.person_id"],
            name=op.f("fk_grants_tenant_id_person_id_members"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_grants_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_grants")),
    )
    op.create_index("ix_grants_tenant_id_person_id", "grants", ["tenant_id", "person_id"])
    enable_row_security("grants")


def downgrade() -> None:
    op.drop_table("grants")
    op.drop_table("subject_keys")
    op.drop_table("signins")
    op.drop_table("recovery_codes")
    op.drop_table("platform_grants")
    op.drop_table("person_tenants")
    op.drop_table("members")
    op.drop_table("invitations")
    op.drop_table("signin_tries")
    op.drop_table("people")
    op.drop_table("one_time_links")
    op.drop_table("holder_keys")
