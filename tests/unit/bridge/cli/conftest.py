"""A command line in this process, with an environment and a home of its own."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import main


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """The one JSON object of stdout."""
        (line,) = self.out.splitlines()
        return json.loads(line)


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as `migrate` leaves it, to be copied."""
    folder = tmp_path_factory.mktemp("migrated") / "data"
    _once(folder, "migrate")
    return folder


@dataclass(frozen=True, slots=True)
class Demo:
    """A data folder as `demo` leaves it, to be copied, and what it said."""

    folder: Path
    told: Any


@pytest.fixture(scope="session")
def demo(migrated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(migrated_folder, folder)
    return Demo(folder, json.loads(_once(folder, "demo", "--json")))


def _once(folder: Path, *words: str) -> str:
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if "TOOLBOXAI" in name]:
            patched.delenv(name)
        patched.setenv("HOME", str(folder.parent))
        with redirect_stdout(StringIO()) as said:
            assert main([*words, "--data-dir", str(folder)]) == 0
        return said.getvalue()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if "TOOLBOXAI" in name]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line; keyword arguments are variables of the environment."""
    assert home.is_dir()

    def run_it(*words: str, **environ: str) -> Ended:
        with monkeypatch.context() as patched:
            for name, value in environ.items():
                patched.setenv(name, value)
            code = main(words)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run_it
