import pytest

from backend.db.claims import ANSWER_LIMIT_BYTES, StoredAnswer
from backend.errors import AnswerNotKept
from backend.web.mutation import Outcome, _kept, _replayed


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(201, (("Location", "/a"),), b'{"a":1}'),
        Outcome(204, (), b""),
        Outcome(404, (), b'{"code":"not_found"}', is_problem=True),
        Outcome(200, (), b"x" * ANSWER_LIMIT_BYTES),
    ],
)
def test_what_is_kept_comes_back_as_it_was_and_says_so(outcome: Outcome) -> None:
    again = _replayed(_kept(outcome))

    assert (outcome.status, outcome.body, outcome.is_problem) == (again.status, again.body, again.is_problem)
    assert (*outcome.headers, ("Idempotency-Replayed", "true")) == again.headers


def test_one_byte_more_than_may_be_kept_is_remembered_as_done_only() -> None:
    kept = _kept(Outcome(200, (), b"x" * (ANSWER_LIMIT_BYTES + 1)))

    assert StoredAnswer(200, (), None) == kept
    with pytest.raises(AnswerNotKept):
        _replayed(kept)
