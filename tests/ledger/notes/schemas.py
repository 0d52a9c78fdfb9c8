"""What crosses the wire of the notes."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

LONGEST_NOTE = 4_000_000


@dataclass(frozen=True, slots=True)
class NewNote:
    text: Annotated[str, Field(max_length=LONGEST_NOTE)]


@dataclass(frozen=True, slots=True)
class NotesQuery:
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@dataclass(frozen=True, slots=True)
class NoteShown:
    id: str
    holder_id: str
    place_id: int | None
    letters: int


@dataclass(frozen=True, slots=True)
class NotesShown:
    notes: tuple[NoteShown, ...]
