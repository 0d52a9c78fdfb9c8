"""The shared vectors mean the same where every number is a double, as in Roblox: read by a JavaScript engine."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

VECTORS = sorted(Path(__file__).parent.glob("*.json"))
READ_AND_WRITE = "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'))))"


def through_javascript(path: Path) -> object:
    node = shutil.which("node")
    assert node, "there is no node on this machine: run `make tools`"
    written = subprocess.run((node, "-e", READ_AND_WRITE, path), capture_output=True, text=True, check=True).stdout
    return json.loads(written)


def test_there_are_vectors() -> None:
    assert VECTORS


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_a_vector_file_comes_back_from_javascript_as_it_went_in(path: Path) -> None:
    assert json.loads(path.read_text("utf-8")) == through_javascript(path)


def test_a_number_beyond_a_double_would_be_noticed(tmp_path: Path) -> None:
    path = tmp_path / "vectors.json"
    path.write_text('{"counter": 9007199254740993}')

    assert {"counter": 9007199254740993} != through_javascript(path)
