"""One password, whatever keyboard it was typed on: the OpaqueString profile of RFC 8265.

Applied when a password is chosen and each time it is given, so that an ü typed as u and dots is the same ü.
"""

import re
import unicodedata
from typing import Final

import idna

from backend.accounts.refused import Refused
from backend.accounts.signin.unseen import unseen
from backend.secret import Secret

MAX_CHARACTERS: Final = 128
# Composing makes at most one character of four, and takes longer than its length says: what is beyond is not composed.
_MAX_TYPED: Final = 4 * MAX_CHARACTERS
# They compose to syllables; what is left of them afterwards is of an old script that has no one form.
_OLD_HANGUL: Final = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
# Needed by Persian and some Indian scripts, in the places that RFC 5892 names, and by nobody anywhere else.
_JOINERS: Final = "\u200c\u200d"


class PasswordRefused(Refused):
    """The password cannot be taken; the sentence goes to whoever chose it."""


def prepare(text: str) -> Secret:
    """Give a password the one form in which it is hashed."""
    if len(text) > _MAX_TYPED:
        raise PasswordRefused(_TOO_LONG)
    prepared = unicodedata.normalize("NFC", "".join(map(_simple_space, text)))
    if len(prepared) > MAX_CHARACTERS:
        raise PasswordRefused(_TOO_LONG)
    if not all(_allowed(prepared, place) for place in range(len(prepared))):
        raise PasswordRefused(
            "The password holds a character that cannot be seen, such as a tab or a line break; type it once more."
        )
    return Secret(prepared)


def _simple_space(character: str) -> str:
    return " " if unicodedata.category(character) == "Zs" else character


def _allowed(text: str, place: int) -> bool:
    character = text[place]
    if character in _JOINERS:
        return _joins(text, place)
    return character == " " or not (unseen(character) or _OLD_HANGUL.match(character))


def _joins(text: str, place: int) -> bool:
    try:
        return idna.valid_contextj(text, place)
    except ValueError:  # a neighbour that it has no data for
        return False


_TOO_LONG: Final = f"The password is longer than {MAX_CHARACTERS} characters; choose a shorter one."
