"""The settings file and the files of secrets, as they lie on a disk."""

import os
from pathlib import Path

import pytest

from backend.secret import Secret
from bridge.settings import Loaded, SettingsFaults, load
from bridge.settings.files import LIMIT_BYTES, FoundFile, read_file

URL = "postgresql://ada:sesame-7731@db.example/school"
posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


def loaded(folder: Path, **environ: str) -> Loaded:
    return load({"TOOLBOXAI_DATA_DIR": str(folder), **environ}, platform="linux")


def fault(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingsFaults) as caught:
        loaded(folder, **environ)
    (one,) = caught.value.faults
    return one


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that other accounts cannot enter."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"port = 9000\nbind = [", "is not valid TOML: it ends too early"),
        (b"port = 9000\n\nport 3\n", "is not valid TOML at line 3, column 6"),
        (b"port = 1\nport = 2\n", "is not valid TOML at line 2, column 9"),
        (b"# \xc3\xa9\nlog_level = '\xff'\n", "is not UTF-8 text at line 2"),
        (b"port = " + b"9" * 5000, "holds a number that is too long"),
        (b"port = " + b"[" * 60_000, "holds a number that is too long, or lists that are too deep"),
        (b"#" * (LIMIT_BYTES + 1), f"is larger than {LIMIT_BYTES} bytes"),
        (b"\x00", "is not valid TOML at line 1, column 1"),
    ],
)
def test_a_corrupt_settings_file_is_named_with_the_place(closed: Path, content: bytes, told: str) -> None:
    (closed / "toolboxai-server.toml").write_bytes(content)

    found = fault(closed)

    assert found.startswith(f"the file {closed}/toolboxai-server.toml {told}")


def test_what_a_corrupt_settings_file_holds_is_not_repeated(closed: Path) -> None:
    (closed / "toolboxai-server.toml").write_text(f'database_url = "{URL}" sesame-7731\n')

    assert "sesame-7731" not in fault(closed)


def test_a_settings_file_may_begin_with_a_byte_order_mark_and_have_windows_line_ends(closed: Path) -> None:
    (closed / "toolboxai-server.toml").write_bytes(b"\xef\xbb\xbfport = 9000\r\nworkers = 0\r\n")

    assert (9000, 0) == (loaded(closed).settings.port, loaded(closed).settings.workers)


def test_a_settings_file_that_is_a_folder_is_named(closed: Path) -> None:
    (closed / "toolboxai-server.toml").mkdir()

    assert f"the file {closed}/toolboxai-server.toml cannot be read (Is a directory)" in fault(closed)


def test_a_data_folder_that_is_a_file_is_left_to_the_check_of_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert tmp_path / "file" == loaded(tmp_path / "file").settings.data_dir


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_the_line_end_of_a_secret_file_does_not_belong_to_the_secret(closed: Path, end: str) -> None:
    (closed / "url").write_bytes(f"{URL}{end}".encode())
    found = loaded(closed, TOOLBOXAI_DATABASE_URL_FILE=str(closed / "url"))

    assert Secret(URL) == found.settings.database_url
    assert f"TOOLBOXAI_DATABASE_URL_FILE, the file {closed}/url" == found.origins["database_url"]
    assert found.warnings == ()


def test_a_secret_file_can_be_named_in_the_settings_file(closed: Path) -> None:
    (closed / "url").write_text(URL)
    (closed / "toolboxai-server.toml").write_text(f'database_url_file = "{closed}/url"\n')
    found = loaded(closed)

    assert Secret(URL) == found.settings.database_url
    assert found.origins["database_url"].endswith(f"key database_url_file, the file {closed}/url")


def test_a_secret_given_twice_in_one_source_is_refused(closed: Path) -> None:
    (closed / "url").write_text(URL)
    both = {"TOOLBOXAI_DATABASE_URL": URL, "TOOLBOXAI_DATABASE_URL_FILE": str(closed / "url")}

    assert (
        fault(closed, **both) == "TOOLBOXAI_DATABASE_URL and TOOLBOXAI_DATABASE_URL_FILE are both set; keep one of them"
    )

    (closed / "toolboxai-server.toml").write_text(f'database_url = "{URL}"\ndatabase_url_file = "{closed}/url"\n')

    assert "has both database_url and database_url_file" in fault(closed)


def test_the_environment_wins_over_the_file_in_either_form_of_a_secret(closed: Path) -> None:
    (closed / "url").write_text(URL)
    (closed / "toolboxai-server.toml").write_text('database_url = "sqlite:///srv/other.db"\n')

    assert Secret(URL) == loaded(closed, TOOLBOXAI_DATABASE_URL_FILE=str(closed / "url")).settings.database_url


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "which is empty"), (b"\n", "which is empty"), (b"\xff\xfe", "which is not UTF-8 text")],
)
def test_a_useless_secret_file_is_named(closed: Path, content: bytes, told: str) -> None:
    (closed / "url").write_bytes(content)

    found = fault(closed, TOOLBOXAI_DATABASE_URL_FILE=str(closed / "url"))

    assert found == f"TOOLBOXAI_DATABASE_URL_FILE names {closed}/url, {told}"


def test_a_secret_file_without_end_is_not_read_to_the_end(closed: Path) -> None:
    found = fault(closed, TOOLBOXAI_DATABASE_URL_FILE="/dev/zero")

    assert found == f"TOOLBOXAI_DATABASE_URL_FILE names /dev/zero, which is larger than {LIMIT_BYTES} bytes"


def test_a_missing_secret_file_is_named(closed: Path) -> None:
    found = fault(closed, TOOLBOXAI_DATABASE_URL_FILE=str(closed / "url"))

    assert "TOOLBOXAI_DATABASE_URL_FILE names" in found
    assert "cannot be read (No such file or directory)" in found


def test_a_secret_file_that_may_not_be_read_is_named() -> None:
    def refuse(_path: Path) -> FoundFile:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(SettingsFaults) as caught:
        load({"TOOLBOXAI_DATA_DIR": "/srv"}, platform="linux", read_file=refuse)

    assert caught.value.sentence == (
        "the file /srv/toolboxai-server.toml cannot be read (Permission denied): "
        "let this account read it, or move it away"
    )


def test_a_wrong_secret_in_a_file_is_told_by_the_name_of_the_file_alone(closed: Path) -> None:
    (closed / "url").write_text("mysql://ada:sesame-7731@db/school\n")

    found = fault(closed, TOOLBOXAI_DATABASE_URL_FILE=str(closed / "url"))

    assert found.startswith(f"what TOOLBOXAI_DATABASE_URL_FILE names, the file {closed}/url, does not start with")
    assert "sesame" not in found


@posix
def test_a_secret_that_every_account_can_read_is_warned_of() -> None:
    read = {Path("/run/url"): FoundFile(URL.encode(), open_to_others=True)}

    def read_them(path: Path) -> FoundFile:
        if path in read:
            return read[path]
        raise FileNotFoundError

    found = load(
        {"TOOLBOXAI_DATA_DIR": "/srv", "TOOLBOXAI_DATABASE_URL_FILE": "/run/url"}, platform="linux", read_file=read_them
    )

    assert found.warnings == (
        "every account of this machine can read /run/url, which holds database_url: chmod 600 it",
    )

    read[Path("/srv/toolboxai-server.toml")] = FoundFile(f'database_url = "{URL}"'.encode(), open_to_others=True)

    assert (
        "can read /srv/toolboxai-server.toml"
        in load({"TOOLBOXAI_DATA_DIR": "/srv"}, platform="linux", read_file=read_them).warnings[0]
    )

    read[Path("/srv/toolboxai-server.toml")] = FoundFile(b"port = 9000", open_to_others=True)

    assert load({"TOOLBOXAI_DATA_DIR": "/srv"}, platform="linux", read_file=read_them).warnings == ()


@posix
def test_only_a_file_that_others_can_reach_and_read_is_open_to_them(closed: Path) -> None:
    inside = closed / "file"
    inside.touch()
    inside.chmod(0o644)

    assert not read_file(inside).open_to_others

    inside.chmod(0o600)

    assert not read_file(inside).open_to_others
    assert read_file(Path("/etc/passwd")).open_to_others
