import pytest

from backend.errors import DatabaseError
from bridge.worker.last_words import last_words
from bridge.worker.messages import Failed


def test_an_error_of_ours_speaks_for_itself() -> None:
    assert Failed("database", "the database is newer") == last_words(DatabaseError("the database is newer"))


def test_an_unforeseen_error_tells_what_and_where_but_not_its_own_text() -> None:
    try:
        raise ValueError("postgresql://user:canary@host/db")  # noqa: TRY301 - it needs a traceback
    except ValueError as error:
        words = last_words(error)

    assert words.code == "crashed"
    assert words.sentence.startswith("ValueError at ")
    assert "test_last_words.py" in words.sentence
    assert "canary" not in words.sentence


def test_an_unforeseen_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("any")

    last_words(error)

    assert [error] == [record.exc_info[1] for record in caplog.records if record.exc_info]
