"""A refusal of the bridge: application/problem+json."""

import json
from dataclasses import dataclass
from typing import Final, Self

from bridge.client.answers import Answer
from bridge.client.errors import Refused, refused

_MOST_CHARACTERS: Final = 1000
# What is said of a refusal that anybody could have sent: nothing of a stranger's text reaches a person.
_OWN_WORDS: Final = {
    "malformed": "What answers there cannot read what this program sends. Are both of the same version?",
    "not_proven": "What answers there does not know this device, and did not show that it is the bridge.",
    "pairing_denied": "The pairing was refused.",
    "pairing_expired": "The code is too old, or was never given out; begin anew.",
    "too_many_requests": "What answers there is asked too often; try again in a minute.",
}


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
        """Return the refusal of a bridge that showed that it is one, in its words."""
        return refused(self.detail, code=self.code, status=self.status, request_id=self.request_id)

    def unproven_error(self) -> Refused:
        """Return the refusal of whoever answered, in our words alone."""
        if self.code in _OWN_WORDS:
            return refused(_OWN_WORDS[self.code], code=self.code, status=self.status)
        sentence = f"What answers there said {self.status}, and did not show that it is the bridge."
        return refused(sentence, code=f"status_{self.status}", status=self.status)


def _sentence(status: int) -> str:
    return f"The bridge answered {status} without saying why."
