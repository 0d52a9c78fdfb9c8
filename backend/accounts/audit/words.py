"""The enumerations that the details of events are made of."""

from enum import StrEnum


class ActorKind(StrEnum):
    PERSON = "person"
    API_KEY = "api_key"
    GAME_KEY = "game_key"
    SYSTEM = "system"
    NOBODY = "nobody"
    """Whoever it was is not known, as at a sign-in that failed."""


class SystemPart(StrEnum):
    BRIDGE = "bridge"
    COMMAND_LINE = "command_line"
    RETENTION = "retention"
    OUTBOX = "outbox"


class TenantKind(StrEnum):
    DISTRICT = "district"
    SCHOOL = "school"


class Role(StrEnum):
    PLATFORM_OPERATOR = "platform_operator"
    DISTRICT_ADMIN = "district_admin"
    SCHOOL_ADMIN = "school_admin"
    PRIVACY_OFFICER = "privacy_officer"
    CURRICULUM_AUTHOR = "curriculum_author"
    TEACHER = "teacher"
    ASSISTANT = "assistant"
    GUARDIAN = "guardian"
    PUPIL = "pupil"


class GrantScope(StrEnum):
    PLATFORM = "platform"
    DISTRICT = "district"
    SCHOOL = "school"
    CLASS = "class"


class SigninMethod(StrEnum):
    PASSWORD = "password"  # noqa: S105 -- the name of a method
    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    SINGLE_SIGN_ON = "single_sign_on"
    CLASS_CODE = "class_code"


class SigninFailure(StrEnum):
    UNKNOWN_ACCOUNT = "unknown_account"
    WRONG_SECRET = "wrong_secret"  # noqa: S105 -- the name of a reason
    SECOND_FACTOR = "second_factor"
    THROTTLED = "throttled"
    SUSPENDED = "suspended"
    EXPIRED = "expired"


class RevocationReason(StrEnum):
    SIGNED_OUT = "signed_out"
    BY_ADMIN = "by_admin"
    REUSED_TOKEN = "reused_token"  # noqa: S105 -- the name of a reason
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of a reason
    GRANT_CHANGED = "grant_changed"
    EXPIRED = "expired"


class SecondFactorChange(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RESET = "reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"


class PasswordChange(StrEnum):
    BY_OWNER = "by_owner"
    BY_RESET = "by_reset"


class IdentityPurpose(StrEnum):
    ROSTER = "roster"
    RESULTS = "results"
    CONSENT = "consent"
    RIGHTS_REQUEST = "rights_request"
    MODERATION = "moderation"
    EXPORT = "export"


class BreakGlassReason(StrEnum):
    SUPPORT = "support"
    INCIDENT = "incident"
    LEGAL_ORDER = "legal_order"
    SAFEGUARDING = "safeguarding"


class KeyPurpose(StrEnum):
    AUDIT = "audit"
    CHECKPOINTS = "checkpoints"
    SESSIONS = "sessions"
    FIELDS = "fields"
    PSEUDONYMS = "pseudonyms"
    BACKUPS = "backups"


class DeviceKind(StrEnum):
    STUDIO = "studio"
    DAEMON = "daemon"


class ExportKind(StrEnum):
    AUDIT = "audit"
    PUPIL = "pupil"
    RESULTS = "results"
    TENANT = "tenant"


class ErasureReason(StrEnum):
    REQUEST = "request"
    WITHDRAWAL = "withdrawal"
    RETENTION = "retention"
    PLATFORM_NOTICE = "platform_notice"
