"""The table of pairings that were asked for."""

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class PairingRow(Base):
    """One for each device code; gone soon after its end. Until it is approved it belongs to nobody."""

    __tablename__ = "pairings"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    # Of the device code and of the user code; neither is kept.
    device_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(Text)
    # What asks, in its own words.
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(BigInteger)
    universe_id: Mapped[int | None] = mapped_column(BigInteger)
    # Where it asked from: the network, not the address.
    network: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    asked_for_at: Mapped[int | None] = mapped_column(BigInteger)
    interval_seconds: Mapped[int] = mapped_column(BigInteger)
    # The device that came of it.
    tenant_id: Mapped[str | None] = mapped_column(Text)
    device_id: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'approved', 'denied')", name="state"),
        CheckConstraint("kind IN ('studio', 'daemon')", name="kind"),
        Index("ix_pairings_ends_at", "ends_at"),
        global_table("until somebody approves a pairing it is of no tenant", goes_with_tenant=True),
    )
