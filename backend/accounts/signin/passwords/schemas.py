"""What crosses the wire of passwords."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.accounts.signin.sessions.schemas import Address, Password

LinkText = Annotated[str, Field(min_length=1, max_length=200, description="What stands behind the # of the link")]


@dataclass(frozen=True, slots=True)
class PasswordChange:
    password: Password
    new_password: Password


@dataclass(frozen=True, slots=True)
class ResetAsked:
    email: Address


@dataclass(frozen=True, slots=True)
class Reset:
    link: LinkText
    password: Password
