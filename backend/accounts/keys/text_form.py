"""The text of a credential: `tbx_<kind>_<id>_<secret>_<check>`.

| part | what it is |
|---|---|
| kind | what it opens, so that a key for the one door is refused at the other before anything is looked up |
| id | names the credential: the row is found by it, and a log may show it |
| secret | 256 bits of chance in 52 digits; kept only as its SHA-256 |
| check | CRC-32 of all before it in 7 digits: a slip is told from a wrong key, and scanners find keys that leaked |

No part contains `_`, so there is one way to take the text apart; each has one spelling, so nothing is read tolerantly.
The check is no protection: anybody can compute it.
"""

import hashlib
import hmac
import re
import secrets
import time
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from backend import crockford
from backend.accounts.refused import Refused
from backend.ids import ID_LENGTH, Clock, is_id, new_id
from backend.secret import HIDDEN, Secret

PREFIX: Final = "tbx"
_SECRET_BITS: Final = 256
_CHECK_BITS: Final = 32
_SECRET_LENGTH: Final = crockford.digits_for(_SECRET_BITS)
_CHECK_LENGTH: Final = crockford.digits_for(_CHECK_BITS)


class Kind(StrEnum):
    """What a credential opens."""

    API = "api"
    GAME = "game"
    SIGNIN = "signin"
    DEVICE = "device"
    INVITE = "invite"
    RESET = "reset"
    FIRST = "first"
    ACCESS = "access"
    REFRESH = "refresh"


SHAPE: Final = re.compile(
    rf"{PREFIX}_(?P<kind>[a-z]{{2,16}})_(?P<id>{crockford.DIGIT}{{{ID_LENGTH}}})"
    rf"_(?P<secret>{crockford.DIGIT}{{{_SECRET_LENGTH}}})_(?P<check>{crockford.DIGIT}{{{_CHECK_LENGTH}}})",
    re.ASCII,
)
"""What a secret scanner looks for; the check then tells a key from a text that only looks like one."""

# Looser than the shape: what was cut short or changed in case is still a secret to somebody.
# It takes in what it wrote itself, so that a line may pass through it twice.
REDACTION: Final = re.compile(
    rf"({PREFIX}_[a-z0-9]+_)(?:([0-9a-z]{{{ID_LENGTH}}}_)[0-9a-z_-]*|[0-9a-z_-]{{8,}})(?:{re.escape(HIDDEN)})?",
    re.IGNORECASE | re.ASCII,
)
"""What is taken out of every text that is logged; use `redact`."""


class CredentialRefused(Refused):
    """The text is no credential of the kind that was asked for."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential with its secret, which shows itself only through `text` and `secret.reveal()`."""

    kind: Kind
    id: str
    secret: Secret

    @classmethod
    def new(cls, kind: Kind, clock: Clock = time.time) -> Self:
        return cls.for_id(kind, new_id(clock))

    @classmethod
    def for_id(cls, kind: Kind, one: str) -> Self:
        """Another secret for what has an id already."""
        return cls(kind, one, Secret(crockford.encode(int.from_bytes(secrets.token_bytes(32)), _SECRET_BITS)))

    def text(self) -> str:
        """The whole credential, to be shown once to its owner."""
        checked = f"{PREFIX}_{self.kind}_{self.id}_{self.secret.reveal()}"
        return f"{checked}_{_check(checked)}"


def parse(text: str, kind: Kind) -> Credential:
    """Read a credential of one kind; whether it is known and still holds is for the store to say."""
    found = SHAPE.fullmatch(text)
    if found is None or not _canonical(found["id"], found["secret"]):
        raise CredentialRefused(f"This is not a whole `{PREFIX}_{kind}_...` credential; copy all of it once more.")
    if found["kind"] != kind:
        raise CredentialRefused(f"This credential is for something else; one that begins with `{PREFIX}_{kind}_` fits.")
    checked, _, check = text.rpartition("_")
    # No secret is compared here, so it need not take the same time for all.
    if check != _check(checked):
        raise CredentialRefused("This credential was mistyped or changed on its way; copy all of it once more.")
    return Credential(kind, found["id"], Secret(found["secret"]))


def hash_secret(secret: Secret) -> bytes:
    """What is stored. 256 bits of chance cannot be tried through, so a fast hash is enough."""
    return hashlib.sha256(secret.reveal().encode("ascii")).digest()


def matches(secret: Secret, stored: bytes) -> bool:
    """Whether a secret is the stored one, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(hash_secret(secret), stored)


def redact(text: str) -> str:
    """Hide the secret of every credential in a text; kind and id stay, so that the line still helps."""
    return REDACTION.sub(lambda found: f"{found[1]}{found[2] or ''}{HIDDEN}", text)


def _canonical(one: str, secret: str) -> bool:
    return is_id(one) and crockford.decode(secret, _SECRET_BITS) is not None


def _check(checked: str) -> str:
    return crockford.encode(zlib.crc32(checked.encode("ascii")), _CHECK_BITS)
