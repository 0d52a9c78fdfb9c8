"""What the supervisor and a worker say to each other, as one JSON object a line.

supervisor -> worker   HandOver, Go, Ask, Drain
worker -> supervisor   Ready, Failed, Answer, Farewell
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Final, Literal

from bridge.worker.json_value import JsonObject

# The largest message is a snapshot of all metrics, about 100 KB.
LINE_LIMIT_BYTES: Final = 4 * 1024 * 1024

Question = Literal["metrics", "readiness"]


class NotUnderstood(Exception):
    """The other side broke the protocol: nothing it says later can be trusted."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a worker has to know; it goes over a socket pair, since anyone may read an environment or a command line."""

    settings: str
    listeners: list[int]
    lifeline: int
    # The table that the workers share, by its inherited descriptor; None where there is none.
    table: int | None
    table_epoch: str


@dataclass(frozen=True, slots=True)
class Go:
    """The database stands; open it and begin to serve."""


@dataclass(frozen=True, slots=True)
class Ask:
    number: int
    question: Question


@dataclass(frozen=True, slots=True)
class Drain:
    """Finish what was begun, then end."""


@dataclass(frozen=True, slots=True)
class Ready:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    """The worker cannot start, and why; its last words."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    number: int
    body: JsonObject


@dataclass(frozen=True, slots=True)
class Farewell:
    """The last figures of a worker that ends in order, so that none of its counts is lost."""

    metrics: JsonObject


Message = HandOver | Go | Ask | Drain | Ready | Failed | Answer | Farewell

_KINDS: Final[dict[str, type[Message]]] = {
    "hand_over": HandOver,
    "go": Go,
    "ask": Ask,
    "drain": Drain,
    "ready": Ready,
    "failed": Failed,
    "answer": Answer,
    "farewell": Farewell,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> bytes:
    # Not dataclasses.asdict: it copies the nested lists and dictionaries of a snapshot one by one.
    body = {field.name: getattr(message, field.name) for field in dataclasses.fields(message)}
    return json.dumps({"kind": _NAMES[type(message)], **body}, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message:
    try:
        fields = json.loads(line)
        message = _KINDS[fields.pop("kind")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotUnderstood(f"a message of {len(line)} bytes is not one of the protocol") from error
    return message
