"""What stands in an export beside its rows: what it is of, and what each file is, in the words of the inventory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from typing import Final

import orjson

from backend.accounts.tenants.exports.parts import Part
from backend.accounts.tenants.store import Tenant

FORM: Final = 1
PEOPLE: Final = "people.jsonl"
ABOUT: Final = "about.json"
README: Final = "README.txt"

_FIRST_LINES: Final = (
    "Everything that this district or school has, as it was when each part was read.",
    "",
    "A file that ends in .jsonl has one row on each line, as JSON; times are milliseconds since 1970, in UTC.",
    "What only serves to check a secret (digests, hashes of passwords, keys) is left out.",
    f"{ABOUT} says whose this is, when it was made, by which release, and how many rows each file has.",
)
_OF_PEOPLE: Final = (
    f"{PEOPLE}: who belongs to it, with names and addresses",
    "  id: names the account",
    "  state: active or suspended",
    "  name: the name",
    "  email: the address",
    "  locale: the language of letters",
    "  joined_at: since when they belong to it",
    "  suspended_at: since when what they hold gives nothing",
    "  roles: what they hold, each with the class that it holds in, if in one, and until when",
)


def readme(parts: Iterable[Part]) -> bytes:
    return "\n".join((*_FIRST_LINES, "", *_OF_PEOPLE, *_of_parts(parts), "")).encode("utf-8")


def _of_parts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield ""
        yield f"{part.name}: to {part.rows[0].purpose}; kept {part.rows[0].kept}"
        yield from (f"  {row.column}: {row.what}" for row in part.rows)


def about(tenant: Tenant, *, made_at: int, counts: Mapping[str, int]) -> bytes:
    told = {
        "form": FORM,
        "release": version("toolboxai"),
        "made_at": made_at,
        "tenant": asdict(tenant),
        "rows": dict(counts),
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
