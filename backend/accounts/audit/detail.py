"""What the detail of an event may be made of, held by type: no text can get in that somebody wrote."""

from dataclasses import fields, is_dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from backend.accounts.audit.ids import Digest, Id, is_digest, is_id

_D = TypeVar("_D", bound=type[Any])

# Every reader of JSON holds integers up to here exactly.
_LARGEST_COUNT: Final = 2**53 - 1


class DetailRefused(TypeError):
    """The event is of no kind that is registered, or its detail holds what its kind does not allow."""


class Kinds:
    """The kinds of events by name, each with the one dataclass that its detail may be."""

    def __init__(self) -> None:
        self._names: dict[type[object], str] = {}

    def kind(self, name: str) -> "_Register":
        if name in self._names.values():
            raise DetailRefused(f"the kind {name} is registered twice")
        return _Register(self._names, name)

    def names(self) -> dict[str, type[object]]:
        return {name: shape for shape, name in self._names.items()}

    def name_of(self, detail: object) -> str:
        name = self._names.get(type(detail))
        if name is None:
            raise DetailRefused(f"{type(detail).__name__} is the detail of no kind of audit event")
        return name

    def canonical(self, detail: object) -> str:
        """Return the detail as the one JSON text that it has; DetailRefused unless every value is of its type."""
        name, shape = self.name_of(detail), type(detail)
        hints = get_type_hints(shape)
        values: dict[str, object] = {}
        for field in fields(shape):  # type: ignore[arg-type]  # only dataclasses are registered
            value = getattr(detail, field.name)
            if not any(_is(value, allowed) for allowed in _parts(hints[field.name])):
                # Without the value: it may be what must not be kept anywhere.
                raise DetailRefused(f"{field.name} of an event {name} is not what its kind says")
            values[field.name] = value
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode("ascii")


class _Register:
    def __init__(self, names: dict[type[object], str], name: str) -> None:
        self._names = names
        self._name = name

    def __call__(self, shape: _D) -> _D:
        if not is_dataclass(shape) or not shape.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise DetailRefused(f"the detail of {self._name} is not a frozen dataclass")
        for field, hint in get_type_hints(shape).items():
            if not all(_is_allowed(part) for part in _parts(hint)):
                raise DetailRefused(
                    f"{field} of {self._name} may be an Id, a Digest, an enumeration, a count or a bool, not {hint}"
                )
        self._names[shape] = self._name
        return shape


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
