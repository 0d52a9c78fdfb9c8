"""The table of sessions of devices and game servers."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class BridgeSessionRow(Base):
    """What a session may do. Its key is derived from its id and stands nowhere."""

    __tablename__ = "bridge_sessions"

    # As it stands in a key id.
    sid: Mapped[str] = mapped_column(Text, primary_key=True)
    epoch: Mapped[str] = mapped_column(Text)
    tenant_id: Mapped[str] = mapped_column(Text)
    # Which of the two opened it.
    kind: Mapped[str] = mapped_column(Text)
    holder_id: Mapped[str] = mapped_column(Text)
    project_id: Mapped[str | None] = mapped_column(Text)
    # A JSON list in its order.
    scopes: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(BigInteger)
    universe_id: Mapped[int | None] = mapped_column(BigInteger)
    master_version: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("kind IN ('device', 'game_key')", name="kind"),
        Index("ix_bridge_sessions_tenant_id_holder_id", "tenant_id", "holder_id"),
        Index("ix_bridge_sessions_ends_at", "ends_at"),
        global_table("what a session may do is found out by the id that a signature proves", goes_with_tenant=True),
    )


class BridgeIdentityRow(Base):
    """The one name of this installation, which goes into every key that is derived."""

    __tablename__ = "bridge_identity"

    # Always 1: there is one row.
    one: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # 32 hex digits.
    id: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("one = 1", name="one"), global_table("it is the installation's own"))
