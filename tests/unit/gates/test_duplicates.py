"""Copies are listed once, at their full length, with every place."""

import pytest

from gates.duplicates import copies, main
from tests.unit.gates.conftest import Checkout

BLOCK = "".join(f"    step_{number}(value)\n" for number in range(8))


def test_a_block_that_stands_twice_is_listed_once_with_both_places() -> None:
    (copy,) = copies({"a.py": f"def a():\n{BLOCK}", "b.py": f"# a comment\ndef b():\n    first()\n{BLOCK}    last()\n"})

    assert (8, ("a.py:2-9", "b.py:4-11")) == (copy.length, copy.places)


def test_indentation_blank_lines_and_comments_do_not_hide_a_copy() -> None:
    changed = "\n".join(f"            # why\n\n            {line.strip()}" for line in BLOCK.splitlines())

    assert [8] == [copy.length for copy in copies({"a.py": BLOCK, "b.py": changed})]


def test_fewer_than_six_lines_are_no_copy() -> None:
    short = "".join(BLOCK.splitlines(keepends=True)[:5])

    assert [] == copies({"a.py": short, "b.py": short})


def test_six_lines_are_one() -> None:
    short = "".join(BLOCK.splitlines(keepends=True)[:6])

    assert [6] == [copy.length for copy in copies({"a.py": short, "b.py": short})]


def test_imports_and_brackets_alone_are_no_copy() -> None:
    imports = "".join(f"from x import y{number}\n" for number in range(9)) + ")\n" * 9

    assert [] == copies({"a.py": imports, "b.py": imports})


def test_a_copy_within_one_file_is_listed() -> None:
    assert [("a.py:1-8", "a.py:10-17")] == [copy.places for copy in copies({"a.py": f"{BLOCK}other()\n{BLOCK}"})]


def test_a_third_copy_that_is_shorter_is_listed_for_itself() -> None:
    short = "".join(BLOCK.splitlines(keepends=True)[2:8])

    assert {(8, 2), (6, 3)} == {
        (copy.length, len(copy.places)) for copy in copies({"a.py": BLOCK, "b.py": BLOCK, "c.py": short})
    }


def test_the_list_of_a_tree_names_its_files(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == main(checkout({"a.py": BLOCK, "b.py": BLOCK, "c.txt": BLOCK}))
    said = capsys.readouterr().out
    assert "8 lines, 2 times: step_0(value)\n    a.py:1-8\n    b.py:1-8" in said
    assert "1 copies of 6 lines or more in 2 files" in said
