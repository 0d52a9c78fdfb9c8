"""The tables of keys that are wrapped under others."""

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class HolderKeyRow(Base):
    """The key of a tenant, or of the platform, wrapped under a master key."""

    __tablename__ = "holder_keys"

    holder: Mapped[str] = mapped_column(Text, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    # The version of the master key; it also stands in the wrapped key.
    master_version: Mapped[int] = mapped_column(BigInteger, index=True)
    made_at: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (global_table("whoever runs the bridge wraps every key anew when the master key is rotated"),)


class SubjectKeyRow(Base):
    """The key of somebody of whom a tenant keeps something, wrapped under the key of the tenant."""

    __tablename__ = "subject_keys"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    subject_id: Mapped[str] = mapped_column(Text, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
