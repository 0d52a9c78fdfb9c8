"""A refusal of the bridge: application/problem+json."""

import json
from dataclasses import dataclass
from typing import Final, Self

from bridge.client.answers import Answer
from bridge.client.errors import Refused, refused

_MOST_CHARACTERS: Final = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    status: int
    code: str
    detail: str
    request_id: str | None
    # With `replayed`: the number that would be taken.
    next_number: int | None

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Read what can be read: whoever stands between may answer with anything."""
        try:
            told = json.loads(answer.body)
        except (ValueError, RecursionError):
            told = None
        fields = told if isinstance(told, dict) else {}
        code, detail, request_id, number = (fields.get(name) for name in ("code", "detail", "request_id", "next"))
        return cls(
            status=answer.status,
            code=code[:_MOST_CHARACTERS] if isinstance(code, str) and code else f"status_{answer.status}",
            detail=detail[:_MOST_CHARACTERS] if isinstance(detail, str) and detail else _sentence(answer.status),
            request_id=request_id[:_MOST_CHARACTERS] if isinstance(request_id, str) else None,
            next_number=number if type(number) is int else None,
        )

    def error(self) -> Refused:
        return refused(self.detail, code=self.code, status=self.status, request_id=self.request_id)


def _sentence(status: int) -> str:
    return f"The bridge answered {status} without saying why."
