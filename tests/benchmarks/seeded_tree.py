"""A folder of about 100 MB that is the same on every machine: what hashing and bundles are measured on.

| kind   | MB | files | shaped like                                                  | tar / zstd -3 |
|--------|----|-------|--------------------------------------------------------------|---------------|
| source | 30 | 2,787 | code: idioms that return, a project's own names, indentation |          4.8  |
| web    | 30 | 1,760 | pages: one head and navigation for all, tables of links      |          8.5  |
| binary | 20 |   131 | programs: instructions, tables of offsets, names, zeros      |          4.2  |
| text   | 15 | 1,682 | prose and manuals with headings                              |          4.6  |
| media  |  8 |    92 | pictures and sound, already compressed: random bytes         |          1.0  |

Sizes and how far each kind compresses follow real folders of those kinds.
Only `random`, `getrandbits` and `randbytes` of `random.Random` are used: Python promises that their values stay.
"""

import random
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

MEGABYTE = 1_000_000
DEFAULT_SEED = 4
# Every hundredth file is another in the next version: spread over all kinds and folders.
REWRITTEN_EVERY = 100
FILES_A_FOLDER = 24
# How the sizes lie about their median; a table, because logarithms differ in the last bit between machines.
SIZE_STEPS = (0.06, 0.12, 0.2, 0.3, 0.42, 0.6, 0.8, 1.0, 1.3, 1.7, 2.3, 3.2, 4.6, 8.0, 16.0)
SYLLABLES = (  # noqa: SIM905  # sixty quoted words are harder to read
    "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu cha der fin gor hal ine kar lam mer nor "
    "ous pla qui ren ste tion ual ver wor ing al ex ter com pro con sub re un ment ness ity ble ance ise"
).split()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    suffixes: tuple[str, ...]
    total_bytes: int
    median_bytes: int


KINDS = (
    Kind("source", (".py", ".py", ".pyi", ".rs", ".luau"), 30 * MEGABYTE, 4_000),
    Kind("web", (".html", ".html", ".html", ".html", ".css", ".js", ".svg"), 30 * MEGABYTE, 6_000),
    Kind("binary", (".so", ".a", ".dll"), 20 * MEGABYTE, 60_000),
    Kind("text", (".txt", ".md", ".pod"), 15 * MEGABYTE, 3_500),
    Kind("media", (".png", ".jpg", ".ogg"), 8 * MEGABYTE, 32_000),
)


def below(rng: random.Random, limit: int) -> int:
    return int(rng.random() * limit)


def pick(rng: random.Random, things: Sequence[T]) -> T:
    return things[below(rng, len(things))]


class Frequent:
    """Things of which a few are common and most are rare, as words are in every text."""

    def __init__(self, things: Sequence[str], *, flatness: float) -> None:
        self.things = things
        self.weights = list(accumulate(1 / (rank + flatness) for rank in range(len(things))))

    def pick(self, rng: random.Random) -> str:
        return self.things[bisect(self.weights, rng.random() * self.weights[-1], 0, len(self.things) - 1)]


class Language:
    """The words and idioms that all files of a tree share."""

    def __init__(self, rng: random.Random) -> None:
        words = list(
            dict.fromkeys("".join(pick(rng, SYLLABLES) for _ in range(1 + below(rng, 4))) for _ in range(9_000))
        )
        self.words = Frequent(words, flatness=3)
        self.phrases = Frequent([self.sentence(rng, 3 + below(rng, 6)) for _ in range(6_000)], flatness=40)
        self.idioms = Frequent([self.statement(rng, self.words) for _ in range(3_000)], flatness=12)
        self.page_head = "".join(
            f'<link rel="{self.words.pick(rng)}" href="../static/{self.words.pick(rng)}-{rng.getrandbits(40):x}.css">\n'
            for _ in range(22)
        )
        self.rows = [
            f'<li><a class="{self.words.pick(rng)}" href="{{0}}.html" title="{self.sentence(rng, 4)}">{{0}}</a></li>\n'
            for _ in range(24)
        ]

    def sentence(self, rng: random.Random, length: int) -> str:
        return " ".join(self.words.pick(rng) for _ in range(length))

    def statement(self, rng: random.Random, names: Frequent) -> str:
        a, b, c = names.pick(rng), names.pick(rng), self.words.pick(rng)
        indent = "    " * (1 + below(rng, 3))
        forms = (
            f"{indent}{a}_{c} = self.{b}({a}, {c}={below(rng, 100)})\n",
            f"{indent}if {a}.{c} is not None and {b}:\n",
            f"{indent}return {a}.{b}_{c}[{below(rng, 10)}]\n",
            f'{indent}raise {a.title()}Error("{self.sentence(rng, 4)}")\n',
            f"\n    def {a}_{b}(self, {c}: int, *, {b}: str) -> {a.title()}:\n",
            f"{indent}for {a}, {c} in {b}.{c}s():\n",
            f"{indent}# {self.sentence(rng, 7)}\n",
        )
        return pick(rng, forms)


def source(rng: random.Random, language: Language, size: int) -> bytes:
    own = Frequent([language.words.pick(rng) + language.words.pick(rng).title() for _ in range(24)], flatness=2)
    parts = [f'"""{language.sentence(rng, 8)}."""\n\n']
    length = len(parts[0])
    while length < size:
        line = language.idioms.pick(rng) if rng.random() < SOURCE_IDIOM_SHARE else language.statement(rng, own)
        parts.append(line)
        length += len(line)
    return "".join(parts)[:size].encode()


def web(rng: random.Random, language: Language, size: int) -> bytes:
    title = language.sentence(rng, 3)
    parts = [f"<!doctype html>\n<html><head><title>{title}</title>\n{language.page_head}</head><body>\n"]
    length = len(parts[0])
    while length < size:
        dice = rng.random()
        if dice < WEB_ROW_SHARE:
            line = pick(rng, language.rows).format(language.words.pick(rng))
        else:
            first, second = language.phrases.pick(rng), language.phrases.pick(rng)
            code = f"<code>{language.words.pick(rng)}</code>"
            line = f'<p class="docblock item-decl">{first}</p>\n<p>{second} {code}</p>\n'
        parts.append(line)
        length += len(line)
    return "".join(parts)[:size].encode()


def text(rng: random.Random, language: Language, size: int) -> bytes:
    parts: list[str] = []
    length = 0
    while length < size:
        dice = rng.random()
        if dice < TEXT_PHRASE_SHARE:
            piece = language.phrases.pick(rng)
        elif dice < 0.97:
            piece = language.words.pick(rng)
        else:
            piece = f"\n\n{language.sentence(rng, 3).title()}\n-----\n"
        piece += pick(rng, (" ", " ", " ", " ", ", ", ".\n"))
        parts.append(piece)
        length += len(piece)
    return "".join(parts)[:size].encode()


def binary(rng: random.Random, language: Language, size: int) -> bytes:
    """Sections in turn: instructions over a small alphabet, offsets that grow, names, zeros."""
    opcodes = [rng.randbytes(3 + below(rng, 22)) for _ in range(400)]
    frequent = list(accumulate(1 / (rank + 4) for rank in range(len(opcodes))))
    out = bytearray(b"\x7fELF" + bytes(60))
    address = below(rng, 1 << 20)
    while len(out) < size:
        dice = rng.random()
        if dice < 0.6:
            for _ in range(100):
                out += opcodes[bisect(frequent, rng.random() * frequent[-1], 0, len(opcodes) - 1)]
                if rng.random() < BINARY_NOISE_SHARE:
                    out += rng.getrandbits(16).to_bytes(2, "little")
        elif dice < 0.75:
            for _ in range(80):
                address += 8 * (1 + below(rng, 40))
                out += address.to_bytes(8, "little") + (8).to_bytes(4, "little") + b"\x12\0\x0b\0"
        elif dice < 0.93:
            for _ in range(40):
                out += f"_ZN{below(rng, 12)}{language.words.pick(rng)}{language.words.pick(rng)}E".encode() + b"\0"
        else:
            out += bytes(256 + below(rng, 1_500))
    return bytes(out[:size])


def media(rng: random.Random, _language: Language, size: int) -> bytes:
    return (b"\x89PNG\r\n\x1a\n" + rng.randbytes(size))[:size]


SOURCE_IDIOM_SHARE = 0.3
WEB_ROW_SHARE = 0.94
TEXT_PHRASE_SHARE = 0.25
BINARY_NOISE_SHARE = 0.2
MAKERS: dict[str, Callable[[random.Random, Language, int], bytes]] = {
    "source": source,
    "web": web,
    "binary": binary,
    "text": text,
    "media": media,
}


def write(root: Path, *, seed: int = DEFAULT_SEED, share: float = 1.0) -> int:
    """Write the tree, or `share` of every kind of it, below the new folder `root`; returns the number of its files."""
    rng = random.Random(seed)  # noqa: S311
    language = Language(rng)
    count = 0
    for kind in KINDS:
        left = int(kind.total_bytes * share)
        number = 0
        while left > 0:
            size = min(left, int(kind.median_bytes * pick(rng, SIZE_STEPS) * (0.75 + rng.random() / 2)) + 1)
            name = f"{pick(rng, SYLLABLES)}{pick(rng, SYLLABLES)}_{number}{pick(rng, kind.suffixes)}"
            folder = root / kind.name / f"{number // FILES_A_FOLDER % 8}" / f"part{number // FILES_A_FOLDER}"
            if number % FILES_A_FOLDER == 0:
                folder.mkdir(parents=True)
            (folder / name).write_bytes(MAKERS[kind.name](rng, language, size))
            left -= size
            number += 1
        count += number
    return count


def rewrite(root: Path, *, seed: int = DEFAULT_SEED, version: int = 1) -> list[Path]:
    """Make version n+1 of a written tree: every hundredth file gets new content of the same kind and size."""
    rng = random.Random(f"{seed} {version}")  # noqa: S311
    language = Language(random.Random(seed))  # noqa: S311
    files = sorted(path for path in root.rglob("*") if path.is_file())
    chosen = files[version % REWRITTEN_EVERY :: REWRITTEN_EVERY]
    for path in chosen:
        kind = path.relative_to(root).parts[0]
        path.write_bytes(MAKERS[kind](rng, language, path.stat().st_size))
    return chosen
