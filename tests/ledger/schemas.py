"""What crosses the wire."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

# Numbers are doubles on the other side.
_LARGEST = 2**53 - 1

AccountName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Amount = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
EntryId = Annotated[str, Field(pattern=r"^[a-z0-9-]{8,64}$")]
Note = Annotated[str, Field(max_length=100_000)]


@dataclass(frozen=True, slots=True)
class NewAccount:
    name: AccountName


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    balance: int
    entries: int


@dataclass(frozen=True, slots=True)
class AccountPath:
    account: AccountName


@dataclass(frozen=True, slots=True)
class NewEntry:
    amount: Amount
    note: Note = ""


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    account: str
    amount: int
    note: str
    balance: int


@dataclass(frozen=True, slots=True)
class Page:
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    after: str = ""


@dataclass(frozen=True, slots=True)
class EntryShown:
    id: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class Entries:
    entries: tuple[EntryShown, ...]


@dataclass(frozen=True, slots=True)
class NamedEntry:
    id: EntryId
    amount: Amount


@dataclass(frozen=True, slots=True)
class Batch:
    entries: Annotated[tuple[NamedEntry, ...], Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class BatchDone:
    new: int


@dataclass(frozen=True, slots=True)
class Amounts:
    amounts: Annotated[tuple[Amount, ...], Field(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Total:
    total: int
