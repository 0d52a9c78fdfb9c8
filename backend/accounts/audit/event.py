"""What happened, as the rest of the program tells it to the trail."""

from dataclasses import dataclass
from typing import Self

from backend.accounts.audit.detail import Detail
from backend.accounts.audit.ids import Id, NotAnId, as_id, is_id
from backend.accounts.audit.words import ActorKind, SystemPart


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. Made by the methods below, which know what the id of each kind of actor is."""

    kind: ActorKind
    id: str

    def __post_init__(self) -> None:
        if type(self.kind) is not ActorKind:
            raise NotAnId("an actor of the audit trail is of one of the kinds of ActorKind")
        if self.kind is ActorKind.SYSTEM:
            fits = self.id in list(SystemPart)
        elif self.kind is ActorKind.NOBODY:
            fits = self.id == ""
        else:
            fits = is_id(self.id)
        if not fits:
            raise NotAnId(f"this is no id of an actor of the kind {self.kind}")

    @classmethod
    def person(cls, person: Id) -> Self:
        return cls(ActorKind.PERSON, person)

    @classmethod
    def api_key(cls, key: Id) -> Self:
        return cls(ActorKind.API_KEY, key)

    @classmethod
    def game_key(cls, key: Id) -> Self:
        return cls(ActorKind.GAME_KEY, key)

    @classmethod
    def system(cls, part: SystemPart) -> Self:
        return cls(ActorKind.SYSTEM, part.value)

    @classmethod
    def nobody(cls) -> Self:
        return cls(ActorKind.NOBODY, "")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; its kind is that of its detail, a class of `kinds`."""

    actor: Actor
    detail: Detail
    subject_id: Id | None = None
    """The person it was done to: a pupil by the pseudonym."""

    def __post_init__(self) -> None:
        if self.subject_id is not None:
            as_id(self.subject_id)
