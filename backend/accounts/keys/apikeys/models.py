"""The table of API keys."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.keys.models import KeyColumns
from backend.db.model import Base


class ApiKeyRow(KeyColumns, Base):
    __tablename__ = "api_keys"

    # The permissions it has, as a JSON list in their order.
    scopes: Mapped[str] = mapped_column(Text)
