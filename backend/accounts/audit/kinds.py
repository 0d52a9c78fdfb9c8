"""The kinds of audit events, and what each says beside who did it, to whom and when.

A new kind is a class here and a row in docs/audit.md. Ids, digests, enumerations, counts and yes or no are all that its
fields may be; who it is about stands in the event's `subject_id`.
"""

from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.detail import Detail, Kinds
from backend.accounts.audit.ids import Digest, Id
from backend.accounts.audit.words import (
    BreakGlassReason,
    DeviceKind,
    ErasureReason,
    ExportKind,
    GrantScope,
    IdentityPurpose,
    KeyPurpose,
    PasswordChange,
    RevocationReason,
    Role,
    SecondFactorChange,
    SigninFailure,
    SigninMethod,
    TenantKind,
)

KINDS: Final = Kinds()


@KINDS.kind("tenant.created")
@dataclass(frozen=True, slots=True)
class TenantCreated(Detail):
    tenant: Id
    kind: TenantKind
    parent: Id | None = None


@KINDS.kind("tenant.changed")
@dataclass(frozen=True, slots=True)
class TenantChanged(Detail):
    """Which of its settings are others now; what they were and are stands nowhere in the trail."""

    tenant: Id
    name: bool
    locale: bool
    time_zone: bool


@KINDS.kind("tenant.limited")
@dataclass(frozen=True, slots=True)
class TenantLimited(Detail):
    """How much it may have from now on."""

    tenant: Id
    people: int
    pupils: int
    classes: int
    api_keys: int
    game_keys: int


@KINDS.kind("tenant.suspended")
@dataclass(frozen=True, slots=True)
class TenantSuspended(Detail):
    tenant: Id


@KINDS.kind("tenant.resumed")
@dataclass(frozen=True, slots=True)
class TenantResumed(Detail):
    tenant: Id


@KINDS.kind("tenant.deletion_begun")
@dataclass(frozen=True, slots=True)
class TenantDeletionBegun(Detail):
    tenant: Id


@KINDS.kind("tenant.deleted")
@dataclass(frozen=True, slots=True)
class TenantDeleted(Detail):
    """Nothing that it had is left but its trail, which goes next."""

    tenant: Id


@KINDS.kind("trail.erased")
@dataclass(frozen=True, slots=True)
class TrailErased(Detail):
    """The trail of a tenant whose time is over: how many records it had, and the tag of the last."""

    tenant: Id
    records: int
    last_tag: Digest


@KINDS.kind("person.invited")
@dataclass(frozen=True, slots=True)
class PersonInvited(Detail):
    invitation: Id
    role: Role


@KINDS.kind("grant.given")
@dataclass(frozen=True, slots=True)
class GrantGiven(Detail):
    grant: Id
    role: Role
    scope: GrantScope
    scope_id: Id | None = None
    days: int | None = None


@KINDS.kind("grant.withdrawn")
@dataclass(frozen=True, slots=True)
class GrantWithdrawn(Detail):
    grant: Id
    role: Role
    scope: GrantScope
    scope_id: Id | None = None


@KINDS.kind("signin.succeeded")
@dataclass(frozen=True, slots=True)
class SigninSucceeded(Detail):
    session: Id
    method: SigninMethod
    second_factor: SigninMethod | None = None


@KINDS.kind("signin.failed")
@dataclass(frozen=True, slots=True)
class SigninFailed(Detail):
    method: SigninMethod
    reason: SigninFailure


@KINDS.kind("signin.revoked")
@dataclass(frozen=True, slots=True)
class SigninRevoked(Detail):
    reason: RevocationReason
    sessions: int


@KINDS.kind("second_factor.changed")
@dataclass(frozen=True, slots=True)
class SecondFactorChanged(Detail):
    method: SigninMethod
    change: SecondFactorChange


@KINDS.kind("password.changed")
@dataclass(frozen=True, slots=True)
class PasswordChanged(Detail):
    change: PasswordChange


@KINDS.kind("apikey.created")
@dataclass(frozen=True, slots=True)
class ApiKeyCreated(Detail):
    key: Id
    scopes: int
    days: int


@KINDS.kind("apikey.rotated")
@dataclass(frozen=True, slots=True)
class ApiKeyRotated(Detail):
    """It keeps its id: its text is another one, and the one before holds for these hours more."""

    key: Id
    overlap_hours: int


@KINDS.kind("apikey.revoked")
@dataclass(frozen=True, slots=True)
class ApiKeyRevoked(Detail):
    key: Id


@KINDS.kind("tokens.begun")
@dataclass(frozen=True, slots=True)
class TokensBegun(Detail):
    """A key was exchanged for the first tokens of a family; that these are refreshed is not told."""

    key: Id
    family: Id


@KINDS.kind("tokens.ended")
@dataclass(frozen=True, slots=True)
class TokensEnded(Detail):
    key: Id
    family: Id
    reason: RevocationReason


@KINDS.kind("gamekey.created")
@dataclass(frozen=True, slots=True)
class GameKeyCreated(Detail):
    """How many places it is bound to, as the ids of experiences are those of another house; 0 is no bound."""

    key: Id
    universes: int
    places: int
    networks: int
    days: int


@KINDS.kind("gamekey.rotated")
@dataclass(frozen=True, slots=True)
class GameKeyRotated(Detail):
    key: Id
    overlap_hours: int


@KINDS.kind("gamekey.revoked")
@dataclass(frozen=True, slots=True)
class GameKeyRevoked(Detail):
    key: Id


@KINDS.kind("sessions.revoked")
@dataclass(frozen=True, slots=True)
class BridgeSessionsRevoked(Detail):
    """Sessions of devices or game servers were ended, which may open others; that they are opened is not told."""

    reason: RevocationReason
    sessions: int


@KINDS.kind("device.approved")
@dataclass(frozen=True, slots=True)
class DeviceApproved(Detail):
    """A Studio install or a daemon was let in, with so many scopes."""

    device: Id
    kind: DeviceKind
    scopes: int


@KINDS.kind("device.renamed")
@dataclass(frozen=True, slots=True)
class DeviceRenamed(Detail):
    """What its name was and is stands nowhere in the trail."""

    device: Id


@KINDS.kind("device.revoked")
@dataclass(frozen=True, slots=True)
class DeviceRevoked(Detail):
    device: Id


@KINDS.kind("pairing.denied")
@dataclass(frozen=True, slots=True)
class PairingDenied(Detail):
    """Somebody refused to let in what asked."""

    pairing: Id
    kind: DeviceKind


@KINDS.kind("pupil.identified")
@dataclass(frozen=True, slots=True)
class PupilIdentified(Detail):
    """Somebody saw who a pupil is: one event for each view of each pupil."""

    purpose: IdentityPurpose
    class_id: Id | None = None


@KINDS.kind("break_glass.opened")
@dataclass(frozen=True, slots=True)
class BreakGlassOpened(Detail):
    case: Id
    reason: BreakGlassReason
    minutes: int


@KINDS.kind("break_glass.closed")
@dataclass(frozen=True, slots=True)
class BreakGlassClosed(Detail):
    case: Id


@KINDS.kind("keys.rotated")
@dataclass(frozen=True, slots=True)
class KeysRotated(Detail):
    purpose: KeyPurpose
    version: int


@KINDS.kind("export.asked")
@dataclass(frozen=True, slots=True)
class ExportAsked(Detail):
    """Somebody wants an export, which is made after the answer; `export.made` says when it was."""

    export: Id
    kind: ExportKind


@KINDS.kind("export.made")
@dataclass(frozen=True, slots=True)
class ExportMade(Detail):
    export: Id
    kind: ExportKind
    records: int


@KINDS.kind("subject.erased")
@dataclass(frozen=True, slots=True)
class SubjectErased(Detail):
    reason: ErasureReason
    rows: int


@KINDS.kind("invitation.revoked")
@dataclass(frozen=True, slots=True)
class InvitationRevoked(Detail):
    invitation: Id


@KINDS.kind("member.suspended")
@dataclass(frozen=True, slots=True)
class MemberSuspended(Detail):
    """What they hold in this tenant gives nothing until it is taken back."""


@KINDS.kind("member.resumed")
@dataclass(frozen=True, slots=True)
class MemberResumed(Detail):
    pass


@KINDS.kind("person.suspended")
@dataclass(frozen=True, slots=True)
class PersonSuspended(Detail):
    """Their account opens nothing anywhere until it is taken back."""


@KINDS.kind("person.resumed")
@dataclass(frozen=True, slots=True)
class PersonResumed(Detail):
    pass


@KINDS.kind("person.renamed")
@dataclass(frozen=True, slots=True)
class PersonRenamed(Detail):
    """What the name was and is stands nowhere in the trail."""


@KINDS.kind("password.link_sent")
@dataclass(frozen=True, slots=True)
class PasswordLinkSent(Detail):
    """An administrator had a link sent with which they choose a password."""


@KINDS.kind("platform.role_given")
@dataclass(frozen=True, slots=True)
class PlatformRoleGiven(Detail):
    """It has no id of its own: somebody holds a role on the platform once or not at all."""

    role: Role


@KINDS.kind("platform.first_administrator")
@dataclass(frozen=True, slots=True)
class FirstAdministratorMade(Detail):
    """Somebody came in by the link that the start of the bridge printed, and operates the platform."""
