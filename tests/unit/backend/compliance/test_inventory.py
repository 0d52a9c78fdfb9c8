"""What an inventory has to say."""

import pytest

from backend.compliance.inventory import InventoryRefused, read

RIGHT = """
[tables.people]
about = "adult"
purpose = "let an adult in"
kept = "until erased"
erased_by = "people"
[tables.people.columns]
id = { what = "names the account", erased_by = "stays: the trail names people by it" }
name = { what = "the name", form = "sealed" }
"""


def test_a_column_has_what_its_table_says_unless_it_says_otherwise() -> None:
    number, name = read(RIGHT)

    assert (True, "plain", "adult") == (number.stays, number.form, number.about)
    assert ("people", "sealed", "until erased") == (name.erased_by, name.form, name.kept)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('erased_by = "people"\n', "Field required"),
        ('kept = "until erased"\n', "Field required"),
        ('form = "sealed"', 'form = "open"'),
        ('about = "adult"', 'about = "nobody"'),
        ('"stays: the trail names people by it"', '"stays: so"'),
        (
            '{ what = "the name", form = "sealed" }',
            '{ what = "the name", form = "sealed", erased_by = "stays: as it is" }',
        ),
        ("[tables.people]", "[tables.people"),
    ],
)
def test_what_contradicts_itself_is_refused(wrong: str, told: str) -> None:
    assert wrong in RIGHT
    with pytest.raises(InventoryRefused):
        read(RIGHT.replace(wrong, told if told != "Field required" else ""))
