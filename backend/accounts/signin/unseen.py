"""Characters that a reader cannot see or that turn the order of others round: two texts look alike, and are not."""

import re
import unicodedata
from typing import Final

# Letters and marks by their category, and yet drawn as nothing: joiners, Hangul fillers, inherent Khmer vowels,
# variation selectors, the empty Braille cell. The rest of Unicode's Default_Ignorable is in the categories below.
_DRAWN_AS_NOTHING: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def unseen(text: str) -> bool:
    """Whether a text holds a control, a space, a direction mark, something unassigned, or what is drawn as nothing."""
    return bool(_DRAWN_AS_NOTHING.search(text)) or any(unicodedata.category(character)[0] in "CZ" for character in text)
