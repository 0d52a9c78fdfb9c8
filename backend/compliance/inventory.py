"""Reads `inventory.toml`: a row for each column of each table, as laws and the people who ask by them want it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import orjson
from pydantic import Field, TypeAdapter, ValidationError

About = Literal["nobody", "adult", "pupil", "program"]
Form = Literal["plain", "sealed", "hashed", "digest"]
Words = Annotated[str, Field(min_length=3, max_length=200)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]

STAYS: Final = "stays: "
_PEOPLE: Final = {"adult", "pupil"}


class InventoryRefused(ValueError):
    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class _Column:
    what: Words
    form: Form = "plain"
    about: About | None = None
    erased_by: Words | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    about: About
    purpose: Words
    kept: Words
    erased_by: Words
    columns: Mapping[Name, Words | _Column]


@dataclass(frozen=True, slots=True)
class _Inventory:
    tables: Mapping[Name, _Table]


@dataclass(frozen=True, slots=True)
class Row:
    """One column."""

    table: str
    column: str
    what: str
    about: About
    purpose: str
    kept: str
    form: Form
    erased_by: str
    """A step of an erasure, or why it stays."""

    @property
    def stays(self) -> bool:
        return self.erased_by.startswith(STAYS)


@cache
def load() -> tuple[Row, ...]:
    """Return the inventory of this release, read once."""
    return read((files(__package__) / "inventory.toml").read_text(encoding="utf-8"))


def read(text: str) -> tuple[Row, ...]:
    """Read an inventory, or raise InventoryRefused with all that is wrong in it."""
    try:
        told = orjson.dumps(tomllib.loads(text))
        found = TypeAdapter(_Inventory).validate_json(told, strict=True, extra="forbid")
    except tomllib.TOMLDecodeError as error:
        raise InventoryRefused([f"is no TOML: {error}"]) from None
    except ValidationError as error:
        places = ((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_url=False))
        raise InventoryRefused(f"{place}: {message}" for place, message in places) from None
    rows = tuple(_rows(found))
    faults = [*_faults(rows)]
    if faults:
        raise InventoryRefused(faults)
    return rows


def _rows(found: _Inventory) -> Iterator[Row]:
    for name, table in found.tables.items():
        for column, told in table.columns.items():
            each = told if isinstance(told, _Column) else _Column(told)
            yield Row(
                table=name,
                column=column,
                what=each.what,
                about=each.about or table.about,
                purpose=table.purpose,
                kept=table.kept,
                form=each.form,
                erased_by=each.erased_by or table.erased_by,
            )


def _faults(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        where = f"{row.table}.{row.column}"
        if row.about == "nobody" and not row.stays:
            yield f"{where} is about nobody, and an erasure takes it"
        if row.stays and len(row.erased_by) < len(STAYS) + 10:
            yield f"{where} stays, and does not say why"
        if row.about in _PEOPLE and row.form == "sealed" and row.stays:
            yield f"{where} is sealed for somebody, and stays when they are erased"
