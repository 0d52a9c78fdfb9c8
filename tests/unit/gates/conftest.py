"""A small checkout of its own, into which the tests plant faults."""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gates.faults import commit

Checkout = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Make a repository with these files, committed."""

    def make(content: Mapping[str, str]) -> Path:
        root = tmp_path / "checkout"
        root.mkdir(exist_ok=True)
        subprocess.run(("git", "-C", root, "init", "-q"), check=True)
        for path, text in content.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        commit(root, "The tree")
        return root

    return make
