"""The tables of the audit trail. Triggers of the migration keep what is written in it from being changed."""

from typing import Final

from sqlalchemy import BigInteger, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.audit.chained import TAG_BYTES
from backend.db.model import Base
from backend.db.tenancy.tables import global_table

WHY_GLOBAL: Final = "a unit of a tenant also writes into the trail of the platform, and whoever verifies reads them all"


class AuditEventRow(Base):
    """No foreign key leads out of it: the trail outlives what it tells of."""

    __tablename__ = "audit_events"
    __table_args__ = (
        # For its lists, which stay as fast however long the trail is.
        Index("ix_audit_events_tenant_id_kind_number", "tenant_id", "kind", "number"),
        Index(
            "ix_audit_events_tenant_id_subject_id_number",
            "tenant_id",
            "subject_id",
            "number",
            sqlite_where=text("subject_id IS NOT NULL"),
            postgresql_where=text("subject_id IS NOT NULL"),
        ),
        global_table(WHY_GLOBAL),
    )

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    key_version: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[bytes] = mapped_column(LargeBinary(TAG_BYTES))
    tag: Mapped[bytes] = mapped_column(LargeBinary(TAG_BYTES))


class AuditHeadRow(Base):
    """The end of a tenant's trail. Whoever appends holds this row until the commit, so that numbers have no gap."""

    __tablename__ = "audit_heads"
    __table_args__ = global_table(WHY_GLOBAL)

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    tag: Mapped[bytes] = mapped_column(LargeBinary(TAG_BYTES))
