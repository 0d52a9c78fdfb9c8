"""The two codes of a pairing: the one that the device keeps to itself, and the one that a person reads from it."""

import hashlib
import secrets
from typing import Final

from backend.secret import Secret

DEVICE_CODE_BYTES: Final = 32
# No vowels, so that no word comes up, and nothing that is taken for something else.
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LETTERS: Final = 8
_GROUP: Final = USER_CODE_LETTERS // 2


def new_device_code() -> Secret:
    return Secret(secrets.token_urlsafe(DEVICE_CODE_BYTES))


def new_user_code() -> Secret:
    return Secret("".join(secrets.choice(ALPHABET) for _ in range(USER_CODE_LETTERS)))


def shown(user_code: Secret) -> str:
    """Return a user code as a person is shown it."""
    text = user_code.reveal()
    return f"{text[:_GROUP]}-{text[_GROUP:]}"


def read(typed: str) -> Secret | None:
    """Return the user code that was typed, in any case and however it is parted; None is no code."""
    # Only ASCII is raised: other alphabets hold letters whose upper case is one of ours.
    text = "".join(letter.upper() for letter in typed if letter.isascii() and not letter.isspace() and letter != "-")
    is_code = typed.isascii() and len(text) == USER_CODE_LETTERS and set(text) <= set(ALPHABET)
    return Secret(text) if is_code else None


def device_digest(device_code: str) -> bytes:
    """What is kept of a device code. 256 bits of chance cannot be tried through, so a fast hash is enough."""
    return hashlib.sha256(b"tbx1 device code\n" + device_code.encode("utf-8", "surrogatepass")).digest()


def digested(user_code: Secret) -> str:
    """What is digested of a user code. It could be tried through, so it is kept under a key (`KeyRing.digest`)."""
    return f"pairing user code {user_code.reveal()}"
