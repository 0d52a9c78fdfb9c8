"""The tables of tenants."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class TenantRow(Base):
    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    # The district of a school, if it has one.
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    # What it may use of each thing that is counted, by name, as JSON; what is not in it has the default.
    limits: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("kind IN ('district', 'school')", name="kind"),
        CheckConstraint("state IN ('active', 'suspended', 'deleting', 'deleted')", name="state"),
        CheckConstraint("kind = 'school' OR parent_id IS NULL", name="parent"),
        Index("ix_tenants_parent_id_id", "parent_id", "id"),
        global_table("it is the list of the tenants"),
    )


class UsageRow(Base):
    """How much a tenant has of something, kept in the same unit as the thing itself."""

    __tablename__ = "usage_counters"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
