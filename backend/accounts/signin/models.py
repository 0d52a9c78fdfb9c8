"""The tables of sign-ins."""

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class SigninRow(Base):
    """Where somebody is signed in. A row that is gone has ended."""

    __tablename__ = "signins"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[int] = mapped_column(BigInteger)
    # To about a minute.
    seen_at: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    # Such as "Firefox on Windows": which browser and which system, and nothing else of what was sent.
    device: Mapped[str] = mapped_column(Text)
    second_factor_at: Mapped[int | None] = mapped_column(BigInteger)
    stepped_up_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_signins_person_id_id", "person_id", "id"),
        global_table("who asks is found out before it is known in which tenant"),
    )


class SigninTriesRow(Base):
    """How often somebody has tried of late, under a keyed hash of what the tries have in common."""

    __tablename__ = "signin_tries"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tries: Mapped[float] = mapped_column(Float(53))
    last_seconds: Mapped[float] = mapped_column(Float(53))

    __table_args__ = (
        Index("ix_signin_tries_last_seconds", "last_seconds"),
        global_table("who tries to sign in is nobody yet"),
    )


class LinkRow(Base):
    """A link that opens something once; gone when it was used."""

    __tablename__ = "one_time_links"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    # Where an invitation stands; None for what belongs to no tenant.
    tenant_id: Mapped[str | None] = mapped_column(Text)
    # The invitation or the person it is for.
    subject_id: Mapped[str | None] = mapped_column(Text)
    ends_at: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("kind IN ('first', 'invite', 'reset')", name="kind"),
        Index("ix_one_time_links_kind_subject_id", "kind", "subject_id"),
        global_table("what a link opens is found out by its digest", goes_with_tenant=True),
    )
