"""The tables of token families and of the digests of their tokens."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.model import Base
from backend.db.tenancy.tables import global_table


class TokenFamilyRow(Base):
    """All tokens that come from one use of a key; whoever changes anything of them locks this row first."""

    __tablename__ = "token_families"

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    key_id: Mapped[str] = mapped_column(Text)
    created_at: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    # When it was last given a pair, the first included.
    refreshed_at: Mapped[int] = mapped_column(BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)
    # When a spent refresh token came again, which revoked it.
    reuse_seen_at: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "key_id"], ["api_keys.tenant_id", "api_keys.id"]),
        Index("ix_token_families_tenant_id_key_id", "tenant_id", "key_id"),
    )


class TokenLookupRow(Base):
    """One for each token: an access token until it ends, a refresh token for the life of its family."""

    __tablename__ = "token_lookups"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    tenant_id: Mapped[str] = mapped_column(Text)
    family_id: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    # A spent refresh token is kept, so that it is known when it comes again.
    spent_at: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("kind IN ('access', 'refresh')", name="kind"),
        Index("ix_token_lookups_tenant_id_family_id", "tenant_id", "family_id"),
        Index("ix_token_lookups_ends_at", "ends_at"),
        global_table("whose a token is is found out by its digest", goes_with_tenant=True),
    )
