"""About how many tries a password withstands from somebody who knows how people make them.

The password is cut into stretches in the cheapest way there is; what fits no pattern costs by its characters.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from backend.accounts.signin.patterns import SHORTEST_WORD, Kind, Match, dates, own, plain, rows, walks, words

# Between two stretches there is a choice as well: which kind comes next, and how long it is.
_JOINT_BITS: Final = 2.0
_REPEATED: Final = re.compile(r"(?=((.+?)\2+))", re.DOTALL)
# Stretches longer than this are not looked at for repeats of their own: a long password would take long.
_LONGEST_BLOCK: Final = 32
_APART: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Estimate:
    """The bits of a password, and the pattern that most of it follows."""

    bits: float
    mostly: Kind


def estimate(password: str, about: tuple[str, ...] = ()) -> Estimate:
    """Judge a password; `about` are texts that others know of its owner: name, address, school."""
    own_words = frozenset(word for text in about for word in _pieces(text))
    path = _cheapest(password, own_words, repeats=True)
    lengths: dict[Kind, int] = {}
    for match in path:
        lengths[match.kind] = lengths.get(match.kind, 0) + match.end - match.start
    patterns = {kind: length for kind, length in lengths.items() if kind is not Kind.CHANCE}
    mostly = max(patterns, key=lambda kind: patterns[kind], default=Kind.CHANCE)
    return Estimate(_bits(path), mostly)


def _cheapest(password: str, own_words: frozenset[str], *, repeats: bool) -> list[Match]:
    """The cheapest way to cut a password up, from its start to its end."""
    ending: dict[int, list[Match]] = {}
    for match in _all(password, own_words, repeats=repeats):
        ending.setdefault(match.end, []).append(match)
    # For each place the bits up to it and the stretch that ends there; one character by chance is always possible.
    best: list[tuple[float, Match | None]] = [(0.0, None)]
    for end in range(1, len(password) + 1):
        chance = Match(end - 1, end, _chance_bits(password[end - 1]), Kind.CHANCE)
        options = ((_joined(best[match.start], match), match) for match in (chance, *ending.get(end, ())))
        best.append(min(options, key=lambda option: option[0]))
    path: list[Match] = []
    last = best[-1][1]
    while last is not None:
        path.append(last)
        last = best[last.start][1]
    return path[::-1]


def _joined(before: tuple[float, Match | None], match: Match) -> float:
    bits, previous = before
    # Chance beside chance is one stretch.
    joint = previous is not None and not (previous.kind is match.kind is Kind.CHANCE)
    return bits + match.bits + _JOINT_BITS * joint


def _bits(path: list[Match]) -> float:
    bits, previous = 0.0, None
    for match in path:
        bits, previous = _joined((bits, previous), match), match
    return bits


def _all(password: str, own_words: frozenset[str], *, repeats: bool) -> list[Match]:
    found = [*own(password, own_words), *words(password), *dates(password), *walks(password), *rows(password)]
    return [*found, *_repeats(password, own_words)] if repeats else found


def _repeats(password: str, own_words: frozenset[str]) -> list[Match]:
    """The same block over again costs the block and the number."""
    found = []
    for repeat in _REPEATED.finditer(plain(password)):
        whole, block = len(repeat[1]), len(repeat[2])
        start = repeat.start()
        if whole >= SHORTEST_WORD and block <= _LONGEST_BLOCK:
            once = _bits(_cheapest(password[start : start + block], own_words, repeats=False))
            # Any number of times is a stretch: the last block may be the beginning of something cheaper.
            found += [
                Match(start, start + times * block, once + math.log2(times), Kind.REPEAT)
                for times in range(2, whole // block + 1)
            ]
    return found


def _chance_bits(character: str) -> float:
    """What one character costs that follows no pattern: people's chance is narrower than the keyboard."""
    if character.isdigit():
        return 3.3
    if character == " ":
        return 2.0
    if character.isascii() and character.islower():
        return 4.0
    return 5.0 if character.isascii() else 6.0


def _pieces(text: str) -> set[str]:
    """The words in a text, all of it in one, and all of it as it is."""
    simple = plain(text)
    pieces = {*_APART.split(simple), _APART.sub("", simple), simple}
    return {piece for piece in pieces if len(piece) >= SHORTEST_WORD}
