"""An application that cannot be put together."""

from typing import NoReturn

from backend.errors import DatabaseError
from bridge.settings import Settings


def create_app(_settings: Settings, *, table: object) -> NoReturn:  # noqa: ARG001
    raise DatabaseError("the planted fault stands in the way")
