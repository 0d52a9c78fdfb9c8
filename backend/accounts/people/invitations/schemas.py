"""What crosses the wire of invitations."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.accounts.people.grants.schemas import Moment, PersonName, RoleName
from backend.accounts.signin.passwords.schemas import LinkText
from backend.accounts.signin.sessions.schemas import Address, Password
from backend.accounts.tenants.schemas import Locale
from backend.ids import Id


@dataclass(frozen=True, slots=True)
class InvitationPath:
    tenant_id: Id
    invitation_id: Id


@dataclass(frozen=True, slots=True)
class NewInvitation:
    email: Address
    role: RoleName
    class_id: Id | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class InvitationShown:
    id: str
    email: str
    role: str
    class_id: str | None
    until: int | None
    state: str
    invited_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class InvitationMade:
    """Without the address: an answer to a repeat is kept for a while."""

    id: str
    ends_at: int


@dataclass(frozen=True, slots=True)
class InvitationsShown:
    invitations: tuple[InvitationShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """By somebody who has no account yet."""

    link: LinkText
    name: PersonName
    password: Password
    locale: Locale = "en"


@dataclass(frozen=True, slots=True)
class AcceptanceByAccount:
    link: LinkText


@dataclass(frozen=True, slots=True)
class Accepted:
    tenant_id: str
    role: str


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    link: LinkText
    email: Annotated[str, Field(min_length=1, max_length=600)]
    name: PersonName
    password: Password
    locale: Locale = "en"


@dataclass(frozen=True, slots=True)
class AccountMade:
    person_id: str
