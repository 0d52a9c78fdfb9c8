"""What crosses the wire of the books."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from backend.web.paging import PageQuery

Id = Annotated[str, Field(min_length=1, max_length=64)]
Title = Annotated[str, Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class TenantPath:
    tenant_id: Id


@dataclass(frozen=True, slots=True)
class ClassPath:
    tenant_id: Id
    class_id: Id


@dataclass(frozen=True, slots=True)
class BookPath:
    tenant_id: Id
    book_id: Id


@dataclass(frozen=True, slots=True)
class BooksQuery(PageQuery):
    class_id: Annotated[str, Field(max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class NewBook:
    class_id: Id
    title: Title


@dataclass(frozen=True, slots=True)
class BookChange:
    title: Title


@dataclass(frozen=True, slots=True)
class BookShown:
    id: str
    class_id: str
    title: str


@dataclass(frozen=True, slots=True)
class BooksShown:
    books: tuple[BookShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class SealShown:
    id: str
    secret: str | None
    secret_shown: bool


@dataclass(frozen=True, slots=True)
class CallerShown:
    kind: str
    id: str
