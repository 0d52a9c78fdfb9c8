"""Reads fields of JSON that somebody else wrote, each with the one kind that it may have."""

import json
from collections.abc import Mapping
from typing import Final, Self

from bridge.client.encoding import base64_bytes

# Above it a JSON number is no longer exact everywhere.
_MOST_NUMBER: Final = 2**53
_DAY_SECONDS: Final = 86_400


class FieldWrong(ValueError):
    """A field is missing, or of the wrong kind; it is named, and its value never is."""


class Fields:
    def __init__(self, told: Mapping[str, object]) -> None:
        self._told = told

    @classmethod
    def read(cls, body: bytes) -> Self:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            raise FieldWrong("it is no JSON") from None
        if not isinstance(told, dict):
            raise FieldWrong("it is no JSON object")
        return cls(told)

    def text(self, name: str) -> str:
        value = self._told.get(name)
        if not isinstance(value, str):
            raise FieldWrong(f"{name} is no text")
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self._told.get(name) is None else self.text(name)

    def same(self, name: str, expected: str) -> None:
        if self.text(name) != expected:
            raise FieldWrong(f"{name} is another than it has to be")

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._told.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise FieldWrong(f"{name} is no list of texts")
        return tuple(value)

    def number(self, name: str, *, least: int = 0) -> int:
        value = self._told.get(name)
        if type(value) is not int or not least <= value <= _MOST_NUMBER:
            raise FieldWrong(f"{name} is no whole number from {least} on")
        return value

    def numbers(self, name: str, *, least: int = 0) -> tuple[int, ...]:
        value = self._told.get(name)
        if not isinstance(value, list) or not all(
            type(each) is int and least <= each <= _MOST_NUMBER for each in value
        ):
            raise FieldWrong(f"{name} is no list of whole numbers from {least} on")
        return tuple(value)

    def seconds(self, name: str) -> float:
        """Return a time from 0 to a day; one that is not there is 0."""
        value = self._told.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _DAY_SECONDS:
            raise FieldWrong(f"{name} is no number of seconds")
        return float(value)

    def flag(self, name: str) -> bool:
        value = self._told.get(name)
        if not isinstance(value, bool):
            raise FieldWrong(f"{name} is neither true nor false")
        return value

    def anything(self, name: str) -> object:
        """Return a value whose kind is somebody else's affair; it has to be there."""
        if name not in self._told:
            raise FieldWrong(f"{name} is missing")
        return self._told[name]

    def data(self, name: str, *, length: int) -> bytes:
        value = base64_bytes(self.text(name))
        if value is None or len(value) != length:
            raise FieldWrong(f"{name} is not the base64 of {length} bytes")
        return value

    def group(self, name: str) -> "Fields":
        value = self._told.get(name)
        if not isinstance(value, dict):
            raise FieldWrong(f"{name} is no object")
        return Fields(value)

    def group_or_none(self, name: str) -> "Fields | None":
        return None if self._told.get(name) is None else self.group(name)

    def groups(self, name: str) -> "tuple[Fields, ...]":
        value = self._told.get(name)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise FieldWrong(f"{name} is no list of objects")
        return tuple(Fields(each) for each in value)
