"""What compares two builders sees every difference, and what makes projects up makes the same again."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.rojo.against import fewer
from tests.rojo.case import Case, Content, Folder, Link, files_of, shown
from tests.rojo.dom import differences
from tests.rojo.made_up import made_up

PART: Final = {"class": "Part", "name": "a", "properties": {"Anchored": {"Bool": True}}, "tags": ["x"]}
ROOT: Final[dict[str, Any]] = {"class": "Folder", "name": "root", "children": [PART]}


@pytest.mark.parametrize(
    ("built", "told"),
    [
        ({**PART, "class": "Model"}, "class is to be 'Part' and is 'Model'"),
        ({**PART, "name": "b"}, "name is to be 'a' and is 'b'"),
        ({**PART, "tags": ["x", "y"]}, "tags is to be ['x'] and is ['x', 'y']"),
        ({**PART, "properties": {}}, "Anchored: is to be {'Bool': True} and is None"),
        ({**PART, "attributes": {"A": {"Bool": True}}}, "A: is to be None and is {'Bool': True}"),
        ({**PART, "children": [PART]}, "/root[0]/a[0]: is to hold [] and holds ['a']"),
    ],
)
def test_a_difference_is_told_at_its_place(built: dict[str, Any], told: str) -> None:
    (said,) = differences([ROOT], [{**ROOT, "children": [built]}])
    assert said.startswith("/root[0]/a[0]")
    assert told in said


def test_equal_trees_have_no_difference_and_the_order_of_children_is_one() -> None:
    other = {**PART, "name": "b"}
    assert [] == list(differences([ROOT], [ROOT]))
    both, turned = {**ROOT, "children": [PART, other]}, {**ROOT, "children": [other, PART]}
    assert 2 == len(list(differences([both], [turned])))


def test_files_are_the_same_after_they_were_recorded(tmp_path: Path) -> None:
    files: dict[str, Content] = {"a.lua": "é\r\n", "b": b"\xff", "c": Folder(), "d.lua": Link("a.lua"), "e/f.txt": ""}
    assert files == files_of(shown(files))

    project = Case("", files).write(tmp_path)
    assert "é\r\n".encode() == (project / "d.lua").read_bytes()
    assert (project / "c").is_dir()


def test_a_seed_makes_one_project_and_two_seeds_make_two() -> None:
    assert made_up(7, (b"x",)) == made_up(7, (b"x",))
    assert made_up(7, (b"x",)) != made_up(8, (b"x",))


def test_what_is_made_up_can_be_written(tmp_path: Path) -> None:
    for seed in range(40):
        house = tmp_path / str(seed)
        house.mkdir()
        assert (Case("", made_up(seed, (b"x",))).write(house) / "default.project.json").is_file()


def test_files_that_do_not_matter_are_left_out() -> None:
    files: dict[str, Content] = dict.fromkeys("abcdef", "x")
    assert {"b": "x", "e": "x"} == fewer(files, lambda some: {"b", "e"} <= set(some))
