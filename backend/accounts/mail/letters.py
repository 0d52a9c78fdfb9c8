"""The letters that the bridge writes, each with the facts it names."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from backend.accounts.signin.email_address import EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What all have: a reader, the bridge by the name its people know, and one link."""

    template: ClassVar[str]

    to: EmailAddress
    house: str
    # A link may open an account for whoever has it.
    link: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation(Letter):
    template = "invitation"

    name: str
    inviter: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset(Letter):
    template = "password_reset"

    name: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAdministrator(Letter):
    template = "first_administrator"

    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignIn(Letter):
    template = "new_sign_in"

    name: str
    at: datetime
    device: str
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Letter):
    template = "password_changed"

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorChanged(Letter):
    """`change` completes the sentence "The second factor ...": `was switched on`, `was switched off`."""

    template = "second_factor_changed"

    name: str
    at: datetime
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCreated(Letter):
    template = "key_created"

    name: str
    at: datetime
    key_name: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassWasBroken(Letter):
    template = "glass_broken"

    name: str
    operator: str
    role: str
    reason: str
    ends: datetime
