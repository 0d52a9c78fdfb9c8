"""What crosses the wire of second factors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EnrolmentShown:
    """What an authenticator app is given: the secret to be typed, or the address that a picture of it says."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class RecoveryCodesShown:
    recovery_codes: tuple[str, ...]
