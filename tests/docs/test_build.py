"""What docs/build.md says of files is what they become."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from bridge.cli import main
from tests.docs.pages import text

PAGE = "docs/build.md"


def examples() -> list[tuple[str, str, str]]:
    """The rows of the tables with a file, its content and what it becomes."""
    lines = text(PAGE).splitlines()
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("| `")]
    return [(row[0].strip("`"), row[1].strip("`"), row[2]) for row in cells if len(row) == 3]


def test_there_are_examples() -> None:
    assert len(examples()) >= 20


@pytest.mark.parametrize(("file", "content", "becomes"), examples(), ids=lambda value: str(value)[:30])
def test_a_file_becomes_what_the_page_says(file: str, content: str, becomes: str, tmp_path: Path) -> None:
    (tmp_path / "default.project.json").write_text('{"name": "it", "tree": {"$path": "src"}}')
    path = tmp_path / "src" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"{content}\n", "utf-8")

    with redirect_stdout(StringIO()) as said:
        assert 0 == main(["tree", str(tmp_path), "--json"])

    told = json.loads(said.getvalue())["tree"][1:]
    expected = [] if becomes == "nothing" else [becomes]
    assert expected == [f"{each['class']} `{each['name']}`" for each in told]
