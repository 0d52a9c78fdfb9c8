"""Text that people type, as a field: what comes in is what is kept, or it is refused."""

import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator

# Control characters, surrogates, what has no meaning yet; line and paragraph separators; and what turns the direction
# of the text around it, so that a name could make the rest of a line read otherwise.
_REFUSED: Final = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def _line(text: str) -> str:
    if any(unicodedata.category(letter) in _REFUSED or letter in _TURNING for letter in text):
        raise ValueError("has a character that cannot be seen")
    tidy = unicodedata.normalize("NFC", text).strip()
    if not tidy:
        raise ValueError("is empty")
    return tidy


# One line for people, such as a name.
Line = Annotated[str, AfterValidator(_line)]
