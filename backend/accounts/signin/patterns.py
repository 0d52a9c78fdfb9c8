"""What in a password is no chance: words, dates, walks, rows and repeats, each with the bits that guessing it costs.

The costs are meant for somebody who knows these rules and tries the likely first. They are rough and err low.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import product
from typing import Final

from backend.accounts.signin.common_words import common_words
from backend.accounts.signin.keyboards import Neighbours, as_keys, neighbours


class Kind(Enum):
    OWN = "own"
    WORD = "word"
    DATE = "date"
    WALK = "walk"
    ROW = "row"
    REPEAT = "repeat"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of a password and what guessing it costs."""

    start: int
    end: int
    bits: float
    kind: Kind


SHORTEST_WORD: Final = 3
_LONGEST_WORD: Final = 128
_SHORTEST_WALK: Final = 4
_SHORTEST_ROW: Final = 3
# Two readings, because 1 and ! stand for i and for l.
_LOOK_ALIKES: Final = (
    str.maketrans("@4831!|05$7+69", "aaebiiiossttgg"),
    str.maketrans("@4831!|05$7+29", "aaeblllossttzg"),
)
# The longest forms first, because a regular expression takes the first that fits.
_DATE: Final = re.compile(
    r"(?=((?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"  # 24122024
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # 20241224
    r"|(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:(?:19|20)\d\d|\d\d)"  # 24.12.2024
    r"|(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])"  # 2024-12-24
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d))",  # 241224
    re.ASCII,
)
_YEAR: Final = re.compile(r"(?=((?:19|20)\d\d))", re.ASCII)
# Years of a lifetime; with days and months, and the ways to write them.
_YEAR_BITS: Final = 6.0
_DATE_BITS: Final = 15.0


def plain(password: str) -> str:
    """The password without capitals and accents, character for character."""
    return "".join(_plain_character(character) for character in password)


def own(password: str, own_words: frozenset[str]) -> Iterator[Match]:
    """Words about the person: whoever guesses tries them before all others."""
    for match in _from(password, dict.fromkeys(own_words, 1.0)):
        yield Match(match.start, match.end, match.bits, Kind.OWN)


def words(password: str) -> Iterator[Match]:
    return _from(password, _common())


def dates(password: str) -> Iterator[Match]:
    for form, bits in ((_DATE, _DATE_BITS), (_YEAR, _YEAR_BITS)):
        for found in form.finditer(password):
            yield Match(found.start(), found.start() + len(found[1]), bits, Kind.DATE)


def walks(password: str) -> Iterator[Match]:
    """Neighbouring keys one after the other; each turn costs, going straight on does not."""
    for keys, layout in product(as_keys(password), _keyboards()):
        start = 0
        while start < len(keys) - 1:
            end, turns = _walk(keys, start, layout)
            if end - start >= _SHORTEST_WALK:
                yield Match(start, end, 5 + 2 * turns + math.log2(end - start), Kind.WALK)
            start = max(end - 1, start + 1)


def rows(password: str) -> Iterator[Match]:
    """Characters that follow each other in their alphabet, up or down, also every second one."""
    codes = [ord(character) for character in plain(password)]
    start = 0
    while start < len(codes) - 1:
        step = codes[start + 1] - codes[start]
        end = start + 2
        while end < len(codes) and codes[end] - codes[end - 1] == step:
            end += 1
        if end - start >= _SHORTEST_ROW and 0 < abs(step) <= 2:  # noqa: PLR2004 -- every second one
            yield Match(start, end, 4 + abs(step) + math.log2(end - start), Kind.ROW)
        start = end - 1


def _from(password: str, list_of_words: Mapping[str, float]) -> Iterator[Match]:
    longest = min(max(map(len, list_of_words), default=0), _LONGEST_WORD)
    simple = plain(password)
    translated = {simple.translate(table) for table in _LOOK_ALIKES}
    readings = dict.fromkeys(translated, 1.0) | {simple: 0.0}
    for reading, reading_bits in readings.items():
        for text, backwards_bits in ((reading, 0.0), (reading[::-1], 1.0)):
            for start, end, bits in _listed(text, list_of_words, longest):
                first, last = (start, end) if not backwards_bits else (len(text) - end, len(text) - start)
                cost = bits + reading_bits + backwards_bits + _capital_bits(password[first:last])
                yield Match(first, last, cost, Kind.WORD)


def _listed(text: str, list_of_words: Mapping[str, float], longest: int) -> Iterator[tuple[int, int, float]]:
    for start in range(len(text)):
        for end in range(start + SHORTEST_WORD, min(start + longest, len(text)) + 1):
            bits = list_of_words.get(text[start:end])
            if bits is not None:
                yield start, end, bits


def _capital_bits(written: str) -> float:
    """None or a capital at the start is what everybody does; capitals in the midst cost their places."""
    capitals = sum(character.isupper() for character in written)
    if capitals == 0:
        return 0.0
    if capitals == len(written) or (capitals == 1 and written[0].isupper()):
        return 1.0
    return 1.0 + min(capitals, len(written) - capitals)


def _walk(keys: str, start: int, layout: Neighbours) -> tuple[int, int]:
    end, turns = start + 1, 0
    heading: tuple[int, int] | None = None
    while end < len(keys) and (direction := layout.get((keys[end - 1], keys[end]))) is not None:
        turns += heading is not None and direction != heading
        heading = direction
        end += 1
    return end, turns


def _plain_character(character: str) -> str:
    folded = unicodedata.normalize("NFD", character.lower())
    # One for one, so that places in both texts are the same.
    return folded[0]


@cache
def _common() -> dict[str, float]:
    return {plain(word): bits for word, bits in common_words().items()}


@cache
def _keyboards() -> tuple[Neighbours, ...]:
    return neighbours()
