"""`toolboxai settings`: name, value and origin of each, secrets hidden."""

import tempfile
from dataclasses import fields
from pathlib import Path

import pytest

from bridge.settings import Settings

from .conftest import Run

URL = "postgresql://ada:sesame-7731@db.example/school"
NAMES = [field.name for field in fields(Settings)]


def test_every_setting_has_a_line_with_its_origin(run: Run, home: Path) -> None:
    folder = home / ".local/share/toolboxai"
    folder.mkdir(parents=True)
    (folder / "toolboxai-server.toml").write_text("workers = 0\n")

    ended = run("settings", TOOLBOXAI_PORT="9000", TOOLBOXAI_BIND="::1")
    rows = {line.split()[0]: line for line in ended.out.splitlines()}

    assert (0, "") == (ended.code, ended.err)
    assert list(rows) == NAMES
    assert ["port", "9000", "TOOLBOXAI_PORT"] == rows["port"].split()
    assert rows["workers"].endswith(f"the file {folder}/toolboxai-server.toml, key workers")
    assert ["ops_port", "9464", "default"] == rows["ops_port"].split()
    assert "(not set)" in rows["database_url"]
    assert "(none)" in rows["allowed_hosts"]


def test_the_same_stands_in_the_json(run: Run, home: Path) -> None:
    told = run("settings", "--json", TOOLBOXAI_PORT="9000").told
    rows = {row["name"]: row for row in told["settings"]}

    assert NAMES == list(rows)
    assert {"name": "port", "value": 9000, "origin": "TOOLBOXAI_PORT", "secret": False} == rows["port"]
    assert {"name": "database_url", "value": None, "origin": "default", "secret": True} == rows["database_url"]
    assert ["127.0.0.1", "::1"] == rows["bind"]["value"]
    assert str(home / ".local/share/toolboxai/toolboxai-server.toml") == told["file"]
    assert told["file_exists"] is False


@pytest.mark.parametrize("words", [["settings"], ["settings", "--json"]])
def test_a_secret_is_hidden(words: list[str], run: Run) -> None:
    ended = run(*words, TOOLBOXAI_DATABASE_URL=URL)

    assert "********" in ended.out
    assert "sesame" not in ended.out + ended.err


@pytest.mark.parametrize("words", [["settings"], ["settings", "--json"], ["--debug", "settings"]])
def test_a_wrong_secret_is_hidden_too(words: list[str], run: Run) -> None:
    ended = run(*words, TOOLBOXAI_DATABASE_URL=URL.replace("postgresql", "mysql"))

    assert 3 == ended.code
    assert "TOOLBOXAI_DATABASE_URL" in ended.out + ended.err
    assert "sesame" not in ended.out + ended.err


@pytest.mark.parametrize(
    "words", [["--data-dir", "{}", "settings", "--json"], ["settings", "--json", "--data-dir", "{}"]]
)
def test_the_option_names_the_data_folder_before_and_after_the_command(words: list[str], run: Run, home: Path) -> None:
    told = run(*(word.format(home / "data") for word in words), TOOLBOXAI_DATA_DIR="/other").told

    assert {"name": "data_dir", "value": str(home / "data"), "origin": "--data-dir", "secret": False} in told[
        "settings"
    ]


def test_a_folder_on_the_command_line_is_meant_from_here(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)

    assert str(home / "data") == run("settings", "--json", "--data-dir", "data").told["settings"][0]["value"]
    assert str(home / "data") == run("settings", "--json", "--data-dir=~/data").told["settings"][0]["value"]


def test_an_empty_folder_on_the_command_line_is_refused(run: Run) -> None:
    ended = run("settings", "--data-dir", "")

    assert (3, "") == (ended.code, ended.out)
    assert ended.err.startswith("toolboxai: --data-dir is '' (not an absolute path)")


def test_each_fault_has_its_own_line(run: Run) -> None:
    ended = run("settings", TOOLBOXAI_PORT="x", TOOLBOXAI_PROT="1")

    assert 3 == ended.code
    assert ["TOOLBOXAI_PROT", "TOOLBOXAI_PORT"] == [line.split()[1] for line in ended.err.splitlines()]


def test_without_a_home_the_line_names_it_and_the_cure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    ended = run("settings")

    assert 3 == ended.code
    assert (
        "toolboxai: HOME is not set, so there is no place for the data: "
        "give --data-dir, or set TOOLBOXAI_DATA_DIR to the folder for the data\n"
    ) == ended.err


def test_a_warning_stands_on_stderr_and_not_in_the_answer(run: Run) -> None:
    # Not below the folder of the tests, which others cannot enter.
    with tempfile.TemporaryDirectory() as place:
        secret = Path(place, "url")
        secret.write_text(URL)
        secret.chmod(0o644)
        Path(place).chmod(0o755)
        ended = run("settings", "--json", TOOLBOXAI_DATABASE_URL_FILE=str(secret))

    assert 0 == ended.code
    assert ended.told["settings"]
    assert (
        f"toolboxai: warning: every account of this machine can read {secret}, which holds database_url: chmod 600 it\n"
        == ended.err
    )
