"""Crockford's base32: numbers as text that nobody misreads, without i, l, o and u.

https://www.crockford.com/base32.html
"""

from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
# For a regular expression: one digit as we write it.
DIGIT: Final = "[0-9a-hjkmnp-tv-z]"
BITS_A_DIGIT: Final = 5
_VALUES: Final = {digit: value for value, digit in enumerate(ALPHABET)}
# What a reader of paper takes for something else.
_MISREAD: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


def digits_for(bits: int) -> int:
    return -(-bits // BITS_A_DIGIT)


def encode(number: int, bits: int) -> str:
    """Write a number of so many bits; equal widths sort as their numbers do."""
    if not 0 <= number < 1 << bits:
        raise ValueError(f"the number does not fit into {bits} bits")
    last = (digits_for(bits) - 1) * BITS_A_DIGIT
    return "".join(ALPHABET[number >> shift & 31] for shift in range(last, -1, -BITS_A_DIGIT))


def decode(text: str, bits: int) -> int | None:
    """Read exactly what `encode` writes; None is anything else, also a second spelling of the same number."""
    if len(text) != digits_for(bits):
        return None
    number = 0
    for digit in text:
        value = _VALUES.get(digit)
        if value is None:
            return None
        number = number << BITS_A_DIGIT | value
    return number if number < 1 << bits else None


def as_meant(text: str) -> str:
    """Spell what was typed from paper as we write it: any case, o for 0, i and l for 1, with or without hyphens."""
    # Only ASCII is lowered: other alphabets hold letters whose lower case is one of ours, as the Kelvin sign's is k.
    lowered = "".join(character.lower() if character.isascii() else character for character in text)
    return "".join(lowered.split()).replace("-", "").translate(_MISREAD)
