"""What crosses the wire of sign-ins."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.accounts.signin.sessions.store import Signin
from backend.ids import Id

# Longer than any address or password that can be right; what they may be is told by the rules, in words.
Address = Annotated[str, Field(min_length=1, max_length=600)]
Password = Annotated[str, Field(min_length=1, max_length=600)]
Code = Annotated[str, Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class SigninPath:
    signin_id: Id


@dataclass(frozen=True, slots=True)
class NewSignin:
    email: Address
    password: Password


@dataclass(frozen=True, slots=True)
class SecondFactorCode:
    code: Code


@dataclass(frozen=True, slots=True)
class StepUp:
    """The password, and a code where the account has a second factor."""

    password: Password
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class SigninShown:
    id: str
    device: str
    created_at: int
    seen_at: int
    ends_at: int
    has_second_factor: bool
    is_current: bool | None


@dataclass(frozen=True, slots=True)
class SigninsShown:
    signins: tuple[SigninShown, ...]


@dataclass(frozen=True, slots=True)
class SignedInShown:
    signin: SigninShown
    needs_second_factor: bool


@dataclass(frozen=True, slots=True)
class TenantHeld:
    tenant_id: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeShown:
    """Who is signed in, and what that gives as things stand: after a second factor it may be more."""

    id: str
    name: str
    email: str
    locale: str
    has_second_factor: bool
    needs_second_factor: bool
    platform: tuple[str, ...]
    tenants: tuple[TenantHeld, ...]


def signin_shown(signin: Signin, *, current: str | None) -> SigninShown:
    return SigninShown(
        id=signin.id,
        device=signin.device,
        created_at=signin.created_at,
        seen_at=signin.seen_at,
        ends_at=signin.ends_at,
        has_second_factor=signin.second_factor_at is not None,
        is_current=None if current is None else signin.id == current,
    )
