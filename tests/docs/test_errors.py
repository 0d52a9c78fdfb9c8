"""docs/errors.md has every code that may be sent, with its status, and no other."""

from backend import errors
from backend.web.problem import catalogue
from tests.docs.pages import rows, text


def test_every_code_has_a_row_with_its_status() -> None:
    expected = {code: str(kind.status) for code, kind in catalogue().items()}

    assert len(expected) >= 10
    assert expected == {code: cells[1] for code, cells in rows(text("docs/errors.md")).items()}


def test_the_rows_say_whether_the_same_request_may_be_sent_again() -> None:
    table = rows(text("docs/errors.md"))

    for code, kind in catalogue().items():
        waits = "Retry-After" in dict(kind.headers)
        assert waits == ("Retry-After" in " ".join(table[code])), code


def test_every_row_says_what_happened_and_what_to_do() -> None:
    assert [] == [code for code, cells in rows(text("docs/errors.md")).items() if len(cells) != 4 or not all(cells)]


def test_the_drawing_of_the_tree_has_every_class_with_its_code_and_status() -> None:
    drawn = errors.__doc__ or ""

    for code, kind in catalogue().items():
        assert any(
            {kind.__name__, str(kind.status), code} <= set(line.strip("│├└─ ").split()) for line in drawn.splitlines()
        ), f"{kind.__name__} is not drawn in backend/errors.py"
