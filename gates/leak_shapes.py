"""What must not stand in the tree, its history or its messages: the shapes of secrets, hosts and private paths.

Hosts are put together from parts and patterns are written so that they do not match themselves:
this file is scanned like every other.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

REVOKE = "revoke it where it was issued, then take it out"
BY_NAME = "speak of the package by its name; a client knows where its registry is"
NO_PATHS = "say it relative to the checkout or to a setting"

# Random text of 16 characters and more has at least this; words and identifiers stay below it.
RANDOM_BITS_PER_CHARACTER = 3.4
# What a test or an example says so that nobody takes it for a secret.
PLACEHOLDER = re.compile(
    r"(?i)canary|example|placeholder|changeme|dummy|sesame|secret|password|hunter2|[{}<>$*%]|\.\.\."
)
SHORT_PLACEHOLDERS = {"pw", "pass", "pwd", "word", "u", "p", "x", "user", "b", "test"}
# People of examples and tests; a path below anybody else's home comes from a real machine.
EXAMPLE_PEOPLE = r"(?:a|ada|alice|ann|bob|example|me|name|somebody|user|you|grace|x)\b"

REGISTRY_HOSTS = tuple(
    re.escape(".".join(parts))
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("crates", "io"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
        ("deb", "debian", "org"),
        ("static", "rust-lang", "org"),
    )
)


def bits_per_character(text: str) -> float:
    """Shannon's entropy of the characters of this text alone."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def random_looking(text: str) -> bool:
    return not PLACEHOLDER.search(text) and bits_per_character(text) >= RANDOM_BITS_PER_CHARACTER


def a_real_password(text: str) -> bool:
    return not PLACEHOLDER.search(text) and text.lower() not in SHORT_PLACEHOLDERS


def always(_text: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern, what decides about its last group (or the whole match), and the cure."""

    name: str
    pattern: re.Pattern[str]
    cure: str
    decides: Callable[[str], bool] = always

    def find(self, line: str) -> Iterator[str]:
        for match in self.pattern.finditer(line):
            if self.decides(match[match.lastindex or 0]):
                yield match[0]


SHAPES = (
    Shape("a private key", re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY"), REVOKE),
    Shape(
        "a known token",
        re.compile(
            r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60}|glpat-[\w-]{20}|npm_[A-Za-z0-9]{36}"
            r"|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|xox[abeoprs]-[\w-]{10}|[sr]k_live_[A-Za-z0-9]{16}"
            r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,})"
        ),
        REVOKE,
    ),
    Shape("a Roblox cookie", re.compile(r"_\|WARNING:-DO-NOT-SHARE"), REVOKE),
    Shape(
        "an assigned secret",
        re.compile(
            r"(?i)(?:passw(?:or)?d|secret|token|api_?key|private_?key|credential)s?[\"']?\s*(?::\s*\w+\s*)?[:=]+\s*"
            r"[rbf]?[\"']([^\"'\s]{16,})[\"']"
        ),
        REVOKE,
        random_looking,
    ),
    Shape(
        "an assigned secret",
        # The form of .env files and shells, where nothing is quoted.
        re.compile(r"^\s*(?:export )?[A-Z0-9_]*(?:PASSWORD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)=([^\s\"'$(]{16,})\s*$"),
        REVOKE,
        random_looking,
    ),
    Shape(
        "a password in a URL",
        re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'`]{0,64}:([^\s/@\"'`]{1,128})@"),
        REVOKE,
        a_real_password,
    ),
    Shape("the host of a package registry", re.compile(rf"(?i)(?<![\w-])({'|'.join(REGISTRY_HOSTS)})\b"), BY_NAME),
    Shape("a path of a machine", re.compile(rf"(?<![\w.~/:-])/(?:home|Users)/(?!{EXAMPLE_PEOPLE})\w[\w.-]*"), NO_PATHS),
    Shape("a path of a machine", re.compile(r"(?<![\w.~/:-])/(?:work|root)/[\w.-]+"), NO_PATHS),
    Shape("a path of a machine", re.compile(rf"(?i)\bc:[\\/]+users[\\/]+(?!{EXAMPLE_PEOPLE})\w[\w.-]*"), NO_PATHS),
)

# Reading a line of any length costs memory in proportion to this only.
WINDOW_CHARACTERS = 65_536
OVERLAP_CHARACTERS = 1_024


def leaks(line: str) -> Iterator[tuple[Shape, str]]:
    """Every match of every shape, also in a line too long to be searched in one go."""
    seen: set[tuple[str, str]] = set()
    for start in range(0, max(len(line), 1), WINDOW_CHARACTERS - OVERLAP_CHARACTERS):
        window = line[start : start + WINDOW_CHARACTERS]
        for shape in SHAPES:
            for text in shape.find(window):
                if (shape.name, text) not in seen:
                    seen.add((shape.name, text))
                    yield shape, text
