"""What to do with an answer: the table of docs/protocol.md, section 5. Pure."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bridge.client.answers import Answer
from bridge.client.problem import Problem
from bridge.client.waits import MOST_UNPROVEN_SECONDS

_REFUSALS_FROM: Final = 400
_MULTIPLE_CHOICES: Final = 300
_NOT_MODIFIED: Final = 304
_LIMITED, _UNAVAILABLE = 429, 503
# What a proxy before the bridge says where it had no answer itself. The bridge says neither, and redirects nobody.
_BAD_GATEWAY, _GATEWAY_TIMEOUT = 502, 504


class Step(Enum):
    DONE = auto()
    STOP = auto()  # sending it again is useless
    AGAIN = auto()  # at once, with a new number
    LATER = auto()  # after a wait
    NEW_SESSION = auto()  # then again
    ENDED = auto()  # this session is: another one and again, but once
    LEARN_TIME = auto()  # then again
    JUMP = auto()  # to the number that the bridge names, then again
    LOST = auto()  # as if nothing had come


@dataclass(frozen=True, slots=True)
class Advice:
    step: Step
    # At least so long, with LATER.
    wait_seconds: float = 0.0


_PROVEN_CODES: Final = {
    "stale": Step.LEARN_TIME,
    "epoch": Step.NEW_SESSION,
    "revoked": Step.ENDED,
    "replayed": Step.JUMP,
    "wrong_digest": Step.AGAIN,
    "in_progress": Step.LATER,
    "too_many_requests": Step.LATER,
    "too_many_sessions": Step.LATER,
}


def advise(answer: Answer, problem: Problem | None, *, is_proven: bool) -> Advice:
    """`problem` is what the answer says where it is a refusal."""
    if not is_proven:
        return _unproven(answer, problem)
    if is_of_a_proxy(answer.status):
        return Advice(Step.LOST)
    if problem is None:
        return Advice(Step.DONE)
    step = _PROVEN_CODES.get(problem.code)
    if step is None and answer.status in {_LIMITED, _UNAVAILABLE}:
        step = Step.LATER
    if step is None and problem.code == "not_proven":
        step = Step.NEW_SESSION
    return Advice(step or Step.STOP, float(answer.retry_after_seconds or 0))


def is_of_a_proxy(status: int) -> bool:
    """Whether only something between here and the bridge says this; over TLS its certificate is the bridge's too."""
    redirects = _MULTIPLE_CHOICES <= status < _REFUSALS_FROM and status != _NOT_MODIFIED
    return redirects or status in {_BAD_GATEWAY, _GATEWAY_TIMEOUT}


def problem_of(answer: Answer) -> Problem | None:
    return Problem.of(answer) if answer.status >= _REFUSALS_FROM else None


def _unproven(answer: Answer, problem: Problem | None) -> Advice:
    """What anybody could have sent: it may slow a client down, and start an opening, which proves itself."""
    if problem is None:
        return Advice(Step.LOST)
    if problem.code == "malformed":
        return Advice(Step.STOP)
    if problem.code == "not_proven":
        return Advice(Step.NEW_SESSION)
    if answer.status in {_LIMITED, _UNAVAILABLE}:
        return Advice(Step.LATER, min(float(answer.retry_after_seconds or 0), MOST_UNPROVEN_SECONDS))
    return Advice(Step.LOST)
