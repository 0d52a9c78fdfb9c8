"""Which keys lie beside each other, for walks over a keyboard that look like chance."""

from typing import Final

# Rows from the top, each with the column of its first key in halves of a key: the rows are set off from one another.
_LAYOUTS: Final = (
    (("1234567890-=", 0), ("qwertyuiop[]", 1), ("asdfghjkl;'", 1.5), ("zxcvbnm,./", 2.5)),
    (("1234567890ß", 0), ("qwertzuiopü+", 1), ("asdfghjklöä#", 1.5), ("yxcvbnm,.-", 2.5)),
    (("&é\"'(-è_çà)=", 0), ("azertyuiop^$", 1), ("qsdfghjklmù", 1.5), ("wxcvbn,;:!", 2.5)),
    (("1234567890-=", 0), ("йцукенгшщзхъ", 1), ("фывапролджэ", 1.5), ("ячсмитьбю.", 2.5)),
    (("789", 0), ("456", 0), ("123", 0), ("0", 0)),
)
# The row of digits with Shift held down, on an English and on a German keyboard.
_SHIFTED: Final = (str.maketrans("!@#$%^&*()_+", "1234567890-="), str.maketrans('!"§$%&/()=', "1234567890"))
_REACH: Final = 1.0

Neighbours = dict[tuple[str, str], tuple[int, int]]


def neighbours() -> tuple[Neighbours, ...]:
    """For each layout the pairs of neighbouring keys, with the direction from the first to the second."""
    return tuple(_pairs(layout) for layout in _LAYOUTS)


def as_keys(text: str) -> set[str]:
    """The keys that may have been pressed for a text, whatever was held down with them."""
    lowered = "".join(character.lower()[0] for character in text)
    return {lowered, *(lowered.translate(table) for table in _SHIFTED)}


def _pairs(layout: tuple[tuple[str, float], ...]) -> Neighbours:
    places = {
        key: (row, offset + column) for row, (keys, offset) in enumerate(layout) for column, key in enumerate(keys)
    }
    return {
        (first, second): (down, (across > 0) - (across < 0))
        for first, (row, column) in places.items()
        for second, (other_row, other_column) in places.items()
        if abs(down := other_row - row) <= 1 and abs(across := other_column - column) <= _REACH
    }
