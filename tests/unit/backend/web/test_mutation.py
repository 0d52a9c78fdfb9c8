from typing import Final, cast

import pytest

from backend.db.claims import ANSWER_LIMIT_BYTES, StoredAnswer
from backend.db.unit import Transaction
from backend.errors import AnswerNotKept
from backend.web.mutation import Outcome, _kept, _replayed

# What is replayed as it was kept asks nothing of the database.
NO_TRANSACTION: Final = cast("Transaction", None)


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(201, (("Location", "/a"),), b'{"a":1}'),
        Outcome(204, (), b""),
        Outcome(404, (), b'{"code":"not_found"}', is_problem=True),
        Outcome(200, (), b"x" * ANSWER_LIMIT_BYTES),
    ],
)
async def test_what_is_kept_comes_back_as_it_was_and_says_so(outcome: Outcome) -> None:
    again = await _replayed(NO_TRANSACTION, _kept(outcome), None)

    assert (outcome.status, outcome.body, outcome.is_problem) == (again.status, again.body, again.is_problem)
    assert (*outcome.headers, ("Idempotency-Replayed", "true")) == again.headers


async def test_one_byte_more_than_may_be_kept_is_remembered_as_done_only() -> None:
    kept = _kept(Outcome(200, (), b"x" * (ANSWER_LIMIT_BYTES + 1)))

    assert StoredAnswer(200, (), None) == kept
    with pytest.raises(AnswerNotKept):
        await _replayed(NO_TRANSACTION, kept, None)
