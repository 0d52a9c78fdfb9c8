"""The tables of devices."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class DeviceRow(Base):
    """A Studio install or a daemon that a person let in. Its key is derived and stands nowhere."""

    __tablename__ = "devices"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    # The one project that it may use; without one, the whole tenant.
    project_id: Mapped[str | None] = mapped_column(Text)
    # A JSON list in its order.
    scopes: Mapped[str] = mapped_column(Text)
    # The master key and the generation from which its key is derived, and those it moves on to at its next opening.
    master_version: Mapped[int] = mapped_column(BigInteger)
    generation: Mapped[int] = mapped_column(BigInteger)
    next_master_version: Mapped[int | None] = mapped_column(BigInteger)
    approved_at: Mapped[int] = mapped_column(BigInteger)
    approved_by_kind: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(Text)
    # Its first signed request: from then on its device code is worth nothing.
    signed_at: Mapped[int | None] = mapped_column(BigInteger)
    # To about a minute.
    used_at: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("kind IN ('studio', 'daemon')", name="kind"),)


class DevicePlaceRow(Base):
    """Whose a device is, found by the id that it names before anything is proven."""

    __tablename__ = "device_places"

    device_id: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Text)

    __table_args__ = (global_table("whose a device is is found out by its id", goes_with_tenant=True),)
