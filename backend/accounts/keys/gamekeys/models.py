"""The table of game keys."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.keys.models import KeyColumns
from backend.db.model import Base


class GameKeyRow(KeyColumns, Base):
    __tablename__ = "game_keys"

    # Where it may be used: ids of universes, of places in them, and networks; each a JSON list in its order.
    universes: Mapped[str] = mapped_column(Text)
    places: Mapped[str] = mapped_column(Text)
    networks: Mapped[str] = mapped_column(Text)
