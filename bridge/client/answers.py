"""An answer as it came, and whether the bridge made it for this very request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from bridge.client.encoding import content_digest, from_between_colons
from core_rs import MacKey

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

TIME_HEADER: Final = "Tbx-Time-Milliseconds"
_FIRST_LINE: Final = "toolboxai-answer-1"
# Those of the proof's lines that may be missing, in their order.
_BEFORE_TIME: Final = ("Idempotency-Replayed", "Retry-After", "ETag")
_MOST_SECONDS_WRITTEN: Final = 9


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bridge said. Of headers that came twice neither is here."""

    status: int
    # By name in lower case.
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())

    @property
    def content_type(self) -> str:
        return self.header("Content-Type") or ""

    @property
    def etag(self) -> str | None:
        return self.header("ETag")

    @property
    def is_repeated(self) -> bool:
        """Whether it was done before, and this is what was answered then."""
        return self.header("Idempotency-Replayed") == "true"

    @property
    def retry_after_seconds(self) -> int | None:
        return whole_number(self.header("Retry-After"), most_digits=_MOST_SECONDS_WRITTEN)

    @property
    def time_milliseconds(self) -> int | None:
        return whole_number(self.header(TIME_HEADER), most_digits=15)

    def json(self) -> JsonValue:
        """Read the body; ValueError where it is no JSON."""
        value: JsonValue = json.loads(self.body)
        return value


def whole_number(text: str | None, *, most_digits: int) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > most_digits:
        return None
    return int(text)


def is_proven(answer: Answer, key: MacKey, request_signature: str) -> bool:
    """Whether the bridge that has the session made this answer for the request of this signature."""
    proof = from_between_colons(answer.header("Answer-Proof"))
    digest, time = answer.header("Content-Digest"), answer.header(TIME_HEADER)
    if proof is None or time is None or digest != content_digest(answer.body):
        return False
    lines = (
        _FIRST_LINE,
        f"{answer.status:03d}",
        answer.content_type,
        digest,
        *(answer.header(name) or "" for name in _BEFORE_TIME),
        time,
        request_signature,
    )
    return key.verify("\n".join(lines).encode("utf-8", "surrogateescape"), proof)
