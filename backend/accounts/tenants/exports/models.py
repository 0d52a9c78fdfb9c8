"""The table of exports."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base


class TenantExportRow(Base):
    """Everything a tenant has as one file: that it was asked for, and what came of it."""

    __tablename__ = "tenant_exports"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    # Why there is no file, of one that failed.
    failure: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[int] = mapped_column(BigInteger)
    asked_by_kind: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    ready_at: Mapped[int | None] = mapped_column(BigInteger)
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    # Until when the file may be fetched.
    ends_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'ready', 'failed')", name="state"),
        CheckConstraint("failure IN ('too_large', 'gave_up')", name="failure"),
    )
