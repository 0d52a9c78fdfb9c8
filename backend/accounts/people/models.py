"""The tables of people and of what they hold."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class PersonRow(Base):
    """An adult with an account. Name and address are sealed under a key of their own, which stands here wrapped."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Found by this: a keyed hash of the address in the form in which it is looked up.
    email_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    digest_version: Mapped[int] = mapped_column(BigInteger, index=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    locale: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Until then the secret was shown and no code of it was seen.
    totp_since: Mapped[int | None] = mapped_column(BigInteger)
    # Codes of this step and those before it are used up.
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('active', 'suspended', 'erased')", name="state"),
        global_table("a person may belong to several tenants, and is found before it is known to which"),
    )


class RecoveryCodeRow(Base):
    """One for each code that was not used yet."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)

    __table_args__ = (global_table("it belongs to a person"),)


class PersonTenantRow(Base):
    """In which tenants somebody holds something."""

    __tablename__ = "person_tenants"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)

    __table_args__ = (
        Index("ix_person_tenants_tenant_id", "tenant_id"),
        global_table(
            "where to look for a person's grants is found out before any tenant's unit can begin", goes_with_tenant=True
        ),
    )


class PlatformGrantRow(Base):
    """A role on the platform."""

    __tablename__ = "platform_grants"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    given_at: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (global_table("it holds outside of every tenant"),)


class MemberRow(Base):
    """Somebody who belongs to a tenant."""

    __tablename__ = "members"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    joined_at: Mapped[int] = mapped_column(BigInteger)
    # What they hold here gives nothing until it is taken back; elsewhere it does.
    suspended_at: Mapped[int | None] = mapped_column(BigInteger)


class GrantRow(Base):
    """A role in a tenant or in one class of it."""

    __tablename__ = "grants"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    class_id: Mapped[str | None] = mapped_column(Text)
    until: Mapped[int | None] = mapped_column(BigInteger)
    given_at: Mapped[int] = mapped_column(BigInteger)
    given_by_kind: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["members.tenant_id", "members.person_id"]),
        Index("ix_grants_tenant_id_person_id", "tenant_id", "person_id"),
    )


class InvitationRow(Base):
    """An adult who was asked in and has not come yet; the address is sealed under a key of the invitation's own."""

    __tablename__ = "invitations"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    role: Mapped[str] = mapped_column(Text)
    class_id: Mapped[str | None] = mapped_column(Text)
    until: Mapped[int | None] = mapped_column(BigInteger)
    invited_at: Mapped[int] = mapped_column(BigInteger)
    invited_by_kind: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("state IN ('open', 'accepted', 'revoked')", name="state"),)
