"""docs/exit-codes.md has every exit code with its name, and no other."""

import inspect

from backend import errors
from backend.errors import OperatorError
from bridge.cli.entry import INTERRUPTED, PIPE_CLOSED, UNEXPECTED
from tests.docs.pages import rows, text


def operator_errors() -> list[type[OperatorError]]:
    classes = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, OperatorError)]
    return [each for each in classes if each is not OperatorError]


def test_every_exit_code_has_a_row_with_its_name() -> None:
    expected = {str(each.exit_code): each.code for each in operator_errors()}
    expected |= {"0": "", str(UNEXPECTED): "unexpected", str(INTERRUPTED): "", str(PIPE_CLOSED): ""}

    assert len(expected) >= 10
    assert expected == {code: cells[1] for code, cells in rows(text("docs/exit-codes.md")).items()}


def test_no_two_errors_end_with_the_same_code() -> None:
    codes = [each.exit_code for each in operator_errors()]

    assert sorted(set(codes)) == sorted(codes)


def test_the_drawing_of_the_tree_has_every_class_with_its_exit_code() -> None:
    drawn = [set(line.strip("│├└─ ").split()) for line in (errors.__doc__ or "").splitlines()]

    for each in operator_errors():
        assert any({each.__name__, str(each.exit_code), each.code} <= words for words in drawn), each.__name__
