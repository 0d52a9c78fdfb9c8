"""What crosses the wire: frozen dataclasses, read strictly, with every wrong field told at once."""

from collections.abc import Mapping
from functools import cache
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from backend.errors import FieldError, InvalidRequest
from backend.web import strict_json

T = TypeVar("T")

MAX_ERRORS: Final = 50
# A name inside the path may be the caller's own, and as long as the body.
_LONGEST_PATH: Final = 200
_LONGEST_MESSAGE: Final = 300
# pydantic speaks of Python here; a caller has never seen our classes.
_PLAIN_WORDS: Final = {
    "unexpected_keyword_argument": "This name is not known here",
    "dataclass_type": "Input should be an object",
    "missing": "This has to be given",
}


class Schema(Generic[T]):
    """Reads one dataclass; `extra` and `strict` hold for everything inside it too."""

    def __init__(self, kind: type[T]) -> None:
        self.kind = kind
        self.adapter: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type]  # a class has a hash

    def read_json(self, body: bytes) -> T:
        strict_json.check(body)
        try:
            return self.adapter.validate_json(body, strict=True, extra="forbid")
        except ValidationError as error:
            raise _invalid(error, "/body") from None

    def read_texts(self, values: Mapping[str, str], place: str) -> T:
        """Read what can only be text on the wire: a query or the named segments of a path."""
        try:
            return self.adapter.validate_strings(values, strict=True, extra="forbid")
        except ValidationError as error:
            raise _invalid(error, place) from None


@cache
def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Return what reads one dataclass, which takes milliseconds to make: many routes share one."""
    return TypeAdapter(kind)


def _invalid(error: ValidationError, place: str) -> InvalidRequest:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    listed = tuple(
        FieldError(_pointer(place, each["loc"]), _PLAIN_WORDS.get(each["type"], each["msg"])[:_LONGEST_MESSAGE])
        for each in found[:MAX_ERRORS]
    )
    count = f"{len(found)} values are" if len(found) > 1 else "One value is"
    return InvalidRequest(f"{count} not what this request takes; see `errors`.", listed)


def _pointer(place: str, location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) that begins with the part of the request it points into."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "/".join((place, *steps))[:_LONGEST_PATH]
