"""What the detail of an event may be made of, held by type: no text can get in that somebody wrote."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from backend.accounts.audit.ids import Digest, Id, is_digest, is_id

# Every reader of JSON holds integers up to here exactly.
_LARGEST_COUNT: Final = 2**53 - 1


class DetailRefused(TypeError):
    """The event is of no kind that is registered, or its detail holds what its kind does not allow."""


class Detail:
    """What a kind of event says; each kind is a frozen dataclass of its own below this."""

    __slots__ = ()


_D = TypeVar("_D", bound=Detail)


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    allowed: dict[str, tuple[Any, ...]]
    """The types that each field may be of."""


class Kinds:
    """The kinds of events by name, each with the one dataclass that its detail may be."""

    def __init__(self) -> None:
        self._kinds: dict[type[Detail], _Kind] = {}

    def kind(self, name: str) -> Callable[[type[_D]], type[_D]]:
        """Register the class below under this name; DetailRefused if a text could get into it."""
        if name in self.names():
            raise DetailRefused(f"the kind {name} is registered twice")

        def register(shape: type[_D]) -> type[_D]:
            self._kinds[shape] = _Kind(name, _allowed(name, shape))
            return shape

        return register

    def names(self) -> dict[str, type[Detail]]:
        return {kind.name: shape for shape, kind in self._kinds.items()}

    def name_of(self, detail: Detail) -> str:
        return self._of(detail).name

    def canonical(self, detail: Detail) -> str:
        """Return the detail as the one JSON text that it has; DetailRefused unless every value is of its type."""
        kind = self._of(detail)
        values = {field: getattr(detail, field) for field in kind.allowed}
        for field, value in values.items():
            if not any(_is(value, allowed) for allowed in kind.allowed[field]):
                # Without the value: it may be what must not be kept anywhere.
                raise DetailRefused(f"{field} of an event {kind.name} is not what its kind says")
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode("ascii")

    def _of(self, detail: Detail) -> _Kind:
        # Of exactly this class: one below it could hold more.
        kind = self._kinds.get(type(detail))
        if kind is None:
            raise DetailRefused(f"{type(detail).__name__} is the detail of no kind of audit event")
        return kind


def _allowed(name: str, shape: type[Detail]) -> dict[str, tuple[Any, ...]]:
    # Its own: a class below a frozen dataclass inherits the mark, and may have what changes.
    parameters = vars(shape).get("__dataclass_params__")
    if parameters is None or not parameters.frozen:
        raise DetailRefused(f"the detail of {name} is not a frozen dataclass")
    hints = get_type_hints(shape)
    for field, hint in hints.items():
        if not all(_is_allowed(part) for part in _parts(hint)):
            raise DetailRefused(
                f"{field} of {name} may be an Id, a Digest, an enumeration, a count or a bool, not {hint}"
            )
    return {field: _parts(hint) for field, hint in hints.items()}


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _is_allowed(hint: Any) -> bool:
    return hint in (Id, Digest, int, bool, NoneType) or (isinstance(hint, type) and issubclass(hint, StrEnum))


def _is(value: object, hint: Any) -> bool:
    if hint is Id:
        return is_id(value)
    if hint is Digest:
        return is_digest(value)
    if hint is int:
        return type(value) is int and 0 <= value <= _LARGEST_COUNT
    return type(value) is hint
