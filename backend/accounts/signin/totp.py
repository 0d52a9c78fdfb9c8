"""Codes of an authenticator app: RFC 6238 with SHA-1, six digits and thirty seconds, which is what all apps can do.

A code is good for its own step and one to each side, and once: the caller stores the step that `accepted_step` returns
and gives it back the next time. Guessing is for `delays.py` to slow down: there are only a million codes.
"""

import base64
import hashlib
import hmac
import secrets
import struct
import unicodedata
from typing import Final
from urllib.parse import quote

from backend.secret import Secret

STEP_SECONDS: Final = 30
DIGITS: Final = 6
WINDOW_STEPS: Final = 1
_SECRET_BYTES: Final = 20
_COUNTER: Final = struct.Struct(">Q")
# A code with spaces in its midst, as apps show it.
_LONGEST_TYPED: Final = 16


def new_secret() -> Secret:
    """160 bits in base32, the form in which apps take them."""
    return Secret(base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii"))


def code_at(secret: Secret, step: int) -> str:
    """The code of one step of thirty seconds since 1970."""
    mac = hmac.digest(base64.b32decode(secret.reveal()), _COUNTER.pack(step), hashlib.sha1)
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def accepted_step(secret: Secret, typed: str, *, now_seconds: float, last_step: int | None) -> int | None:
    """Return the step whose code was typed, to be stored; None is a wrong, an old or a used code.

    Steps up to `last_step` are over. A clock that was set back refuses all codes until it is past that step again.
    """
    given = _digits(typed).encode("ascii")
    now = int(now_seconds // STEP_SECONDS)
    accepted = None
    # All are computed and compared, whichever fits; and should two be the same code, the later one uses up both.
    for step in range(max(now - WINDOW_STEPS, 0), now + WINDOW_STEPS + 1):
        same = hmac.compare_digest(code_at(secret, step).encode("ascii"), given)
        if same and (last_step is None or step > last_step):
            accepted = step
    return accepted


def provisioning_uri(secret: Secret, *, account: str, issuer: str) -> Secret:
    """What the QR code says; it holds the secret."""
    name, house = (_label(text) for text in (account, issuer))
    return Secret(
        f"otpauth://totp/{house}:{name}?secret={secret.reveal()}&issuer={house}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )


def _digits(typed: str) -> str:
    """The ASCII digits of what was typed; other keyboards have digits of their own. Empty when it is anything else."""
    if len(typed) > _LONGEST_TYPED:
        return ""
    together = "".join(typed.split())
    values = [unicodedata.decimal(character, None) for character in together]
    return "".join(str(value) for value in values if value is not None) if None not in values else ""


def _label(text: str) -> str:
    # A colon parts the two names, even when it is escaped.
    return quote(text.replace(":", " "), safe="@")
