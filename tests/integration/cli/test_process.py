"""The command as a process of its own: what only shows there."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import LIMIT_SECONDS, TOOLBOXAI, run

HELP_LIMIT_SECONDS = 0.3

# What `--help` has no use for, and what would take most of its time.
HEAVY = {"pydantic", "sqlalchemy", "alembic", "aiohttp", "asyncio", "asyncpg", "orjson", "uvloop", "core_rs", "ssl"}


def test_help_is_quick(environ: dict[str, str]) -> None:
    environ.pop("COVERAGE_PROCESS_CONFIG", None)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        assert 0 == run(environ, "--help").returncode
        took.append(time.perf_counter() - start)

    # The best of five: what else the machine does at the same time is not what is tested.
    assert min(took) < HELP_LIMIT_SECONDS


@pytest.mark.parametrize(
    "words", [["--help"], ["serve", "--help"], ["outbox", "list", "-h"], ["completion", "bash"], ["servr"]]
)
def test_what_needs_no_bridge_imports_nothing_heavy(words: list[str], environ: dict[str, str]) -> None:
    environ.pop("COVERAGE_PROCESS_CONFIG", None)
    program = (
        "import json, sys\n"
        "from bridge.cli import main\n"
        f"main({words!r})\n"
        "print(json.dumps(sorted(name.partition('.')[0] for name in sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=environ,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=True,
    )
    imported = set(json.loads(ended.stdout.splitlines()[-1]))

    assert "click" in imported
    assert set() == HEAVY & imported


@pytest.mark.parametrize(
    ("words", "variables", "code", "begin"),
    [
        (["settings"], {"TOOLBOXAI_PORT": "x"}, 3, "toolboxai: TOOLBOXAI_PORT is 'x'; it may be"),
        (["settings"], {"HOME": ""}, 3, "toolboxai: HOME is not set, so there is no place for the data"),
        (["servr"], {}, 2, "toolboxai: no such command 'servr'; did you mean 'serve'?"),
        (["outbox", "list"], {}, 7, "toolboxai: there is no database at"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    words: list[str], variables: dict[str, str], code: int, begin: str, environ: dict[str, str]
) -> None:
    ended = run({**environ, **variables}, *words)

    assert (code, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith(begin)
    assert 1 == ended.stderr.count("\n")


@pytest.mark.parametrize("content", [b"port = ", b"\xff", b"port = 1\nport = 2\n", b"prot = 1\n"])
def test_a_corrupt_settings_file_is_one_line_that_names_it(
    content: bytes, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "toolboxai-server.toml").write_bytes(content)

    ended = run(environ, "serve", "--data-dir", str(tmp_path))

    assert (3, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.startswith(f"toolboxai: the file {tmp_path}/toolboxai-server.toml")
    assert 1 == ended.stderr.count("\n")
    assert [tmp_path / "toolboxai-server.toml"] == list(tmp_path.iterdir())


def test_a_secret_is_in_no_output_of_any_command(environ: dict[str, str]) -> None:
    environ["TOOLBOXAI_DATABASE_URL"] = "postgresql://ada:sesame-7731@127.0.0.1:1/school"
    for words in (
        ["settings"],
        ["settings", "--json"],
        ["migrate", "--debug"],
        ["outbox", "list", "--debug"],
        ["doctor"],
    ):
        ended = run(environ, *words)

        assert "sesame" not in ended.stdout + ended.stderr, words


@pytest.fixture
def waiting(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that waits for a secret from a pipe into which nothing is written."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    environ["TOOLBOXAI_DATABASE_URL_FILE"] = str(pipe)
    with subprocess.Popen(
        [TOOLBOXAI, "settings"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        # This returns when the command has opened the other end.
        with pipe.open("wb"):
            yield process
        process.kill()


def test_ctrl_c_ends_it_quietly(waiting: subprocess.Popen[str]) -> None:
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=LIMIT_SECONDS)

    assert (130, "", "") == (waiting.returncode, out, err)


@pytest.mark.parametrize("words", [["--help"], ["settings"], ["settings", "--json"], ["servr", "--json"]])
def test_a_reader_that_has_gone_is_no_error(words: list[str], environ: dict[str, str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            [TOOLBOXAI, *words],
            env=environ,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    finally:
        os.close(write)

    assert (141, "") == (ended.returncode, ended.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a device of Linux")
@pytest.mark.parametrize("words", [["version"], ["servr", "--json"]])
def test_an_output_that_cannot_be_written_is_one_line(words: list[str], environ: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [TOOLBOXAI, *words],
            env=environ,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )

    assert (8, "toolboxai: no space is left on the disk: free some, then try again\n") == (
        ended.returncode,
        ended.stderr,
    )


def test_a_closed_output_is_no_error(environ: dict[str, str]) -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", f'"{TOOLBOXAI}" version >&-'],
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert (0, "") == (ended.returncode, ended.stderr)


def test_a_name_that_the_terminal_cannot_show_is_no_error(environ: dict[str, str], tmp_path: Path) -> None:
    environ["PYTHONIOENCODING"] = "iso8859-1"
    ended = run(environ, "settings", "--data-dir", str(tmp_path / "学校"))

    assert (0, "") == (ended.returncode, ended.stderr)
    assert r"\u5b66\u6821" in ended.stdout


def test_a_folder_called_backend_beside_the_files_of_a_person_is_not_imported(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "__init__.py").write_text("raise SystemExit('the wrong backend')\n")

    ended = subprocess.run(
        [TOOLBOXAI, "version"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )

    assert (0, "") == (ended.returncode, ended.stderr)
