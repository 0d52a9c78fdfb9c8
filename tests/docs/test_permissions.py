"""docs/permissions.md is what the matrix says."""

from backend.accounts.people.matrix import load
from tests.contract import permissions_page
from tests.docs.pages import rows, sections, text


def test_the_page_is_what_the_matrix_says() -> None:
    assert permissions_page.written(load()) == text("docs/permissions.md"), "run `make access`, and read the diff"


def test_every_permission_has_a_row_with_a_cell_for_each_role() -> None:
    matrix = load()
    found = rows(sections("docs/permissions.md")["Who holds what"])

    assert matrix.permissions.keys() == found.keys()
    assert {3 + len(matrix.roles)} == {len(cells) for cells in found.values()}
