"""The commands of projects as processes: how little they import, and how they go on."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import LIMIT_SECONDS, TOOLBOXAI, run

# What a command that reads files has no use for.
HEAVY = {"pydantic", "sqlalchemy", "alembic", "aiohttp", "asyncio", "asyncpg", "orjson", "uvloop", "ssl", "rich"}


@pytest.fixture
def game(environ: dict[str, str], tmp_path: Path) -> Path:
    assert 0 == run(environ, "init", str(tmp_path / "game")).returncode
    return tmp_path / "game"


@pytest.mark.parametrize(
    "words",
    [["init", "new"], ["build", "game", "-o", "game.rbxl"], ["sourcemap", "game"], ["tree", "game", "--hash"]],
    ids=lambda words: words[0],
)
def test_they_import_nothing_heavy(words: list[str], environ: dict[str, str], game: Path) -> None:
    environ.pop("COVERAGE_PROCESS_CONFIG", None)
    program = (
        "import json, sys\n"
        "from bridge.cli import main\n"
        f"assert 0 == main({words!r})\n"
        "print(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=environ,
        cwd=game.parent,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )
    imported = set(json.loads(ended.stdout.splitlines()[-1]))

    assert "click" in imported
    assert set() == HEAVY & imported


@pytest.mark.parametrize("kind", ["place", "plugin", "model"])
def test_a_new_project_of_each_kind_builds_without_a_word(kind: str, environ: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "it"
    output = tmp_path / ("it.rbxl" if kind == "place" else "it.rbxm")

    assert 0 == run(environ, "init", str(folder), "--kind", kind).returncode
    built = run(environ, "build", str(folder), "-o", str(output))

    assert (0, "") == (built.returncode, built.stderr)
    assert output.read_bytes().startswith(b"<roblox!")


class Watching:
    """A command that goes on, of which each line is an object."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def next(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=LIMIT_SECONDS)
        return json.loads(line)


@pytest.fixture(params=["build", "sourcemap"])
def watching(request: pytest.FixtureRequest, environ: dict[str, str], game: Path) -> Iterator[Watching]:
    output = game.parent / ("game.rbxl" if request.param == "build" else "sourcemap.json")
    words = [TOOLBOXAI, request.param, str(game), "-o", str(output), "--watch", "--json"]
    if request.param == "sourcemap":
        words.append("--include-non-scripts")
    with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield Watching(process)
        process.kill()


def test_what_is_watched_follows_each_change_and_survives_what_is_wrong(watching: Watching, game: Path) -> None:
    output = Path(watching.next()["output"])
    before = output.read_bytes()

    (game / "src" / "shared" / "other.luau").write_text("return 2\n", "utf-8")
    assert [] == watching.next()["diagnostics"]
    after = output.read_bytes()
    assert before != after

    (game / "src" / "shared" / "broken.json").write_text("{", "utf-8")
    told = watching.next()
    diagnostics = told["error"]["diagnostics"] if "error" in told else told["diagnostics"]
    assert ["broken.json"] == [Path(each["path"]).name for each in diagnostics]

    (game / "src" / "shared" / "broken.json").unlink()
    (game / "src" / "shared" / "other.luau").unlink()
    while output.read_bytes() != before:
        assert "error" not in watching.next()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_watching_without_a_word(watching: Watching, number: signal.Signals, code: int) -> None:
    watching.next()

    watching.process.send_signal(number)
    out, err = watching.process.communicate(timeout=LIMIT_SECONDS)

    assert (code, "", "") == (watching.process.returncode, out, err)
