"""One project makes the same bytes wherever it lies, whoever builds it, and in whatever order its files were made."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.rojo.against import KINDS
from tests.rojo.binary import binary_models
from tests.rojo.case import Content, Link, write
from tests.rojo.made_up import made_up

# Seeds of projects that are right.
SEEDS: Final = range(40)
PROGRAM: Final = """
import os, sys
from core_rs import CoreError, Project
os.umask(int(sys.argv[3], 8))
try:
    opened = Project.open(sys.argv[1])
    for kind in sys.argv[4:]:
        opened.build(f"{sys.argv[2]}.{kind}", kind)
except CoreError as refusal:
    print(refusal)
"""


def lay(root: Path, files: dict[str, Content], *, turned: bool) -> None:
    """Write files one by one, in their order or the other way round; links come last."""
    order = sorted(files, key=lambda path: isinstance(files[path], Link) != turned, reverse=turned)
    for path in order:
        write(root / path, files[path])


def built(project: Path, output: Path, *, locale: str, umask: str, folder: Path) -> dict[str, str]:
    """Build in a process of its own, and return the digests."""
    environment = {**os.environ, "LC_ALL": locale, "LANG": locale, "RAYON_NUM_THREADS": "1" if turned(umask) else "4"}
    command = (sys.executable, "-P", "-c", PROGRAM, project, output, umask, *KINDS)
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE)
    made = {kind: output.with_name(f"{output.name}.{kind}") for kind in KINDS}
    return {kind: hashlib.sha256(path.read_bytes()).hexdigest() for kind, path in made.items() if path.exists()}


def turned(umask: str) -> bool:
    return umask == "077"


@pytest.fixture(scope="module")
def binary() -> tuple[bytes, ...]:
    return binary_models()


def test_the_bytes_are_the_same(tmp_path: Path, binary: tuple[bytes, ...]) -> None:
    count = 0
    for seed in SEEDS:
        files = made_up(seed, binary)
        house = tmp_path / str(seed)
        one, other = house / "here" / "project", house / "a folder elsewhere é" / "project"
        lay(one, files, turned=False)
        lay(other, files, turned=True)
        first = built(one, house / "first", locale="C", umask="022", folder=house)
        second = built(other, house / "second", locale="C.UTF-8", umask="077", folder=other)
        assert first == second, f"seed {seed}"
        count += len(first)
    assert count > len(SEEDS)
