"""Where a key is found by what is kept of its text."""

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class KeyLookupRow(Base):
    """One for each text that holds: two while a key is being replaced."""

    __tablename__ = "key_lookups"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    tenant_id: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str] = mapped_column(Text)
    # From then on the text does not hold, whatever the key says.
    ends_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("kind IN ('api', 'game')", name="kind"),
        Index("ix_key_lookups_tenant_id_key_id", "tenant_id", "key_id"),
        global_table("whose a key is is found out by its digest", goes_with_tenant=True),
    )
