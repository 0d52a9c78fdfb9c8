"""Where each setting comes from, and what is refused."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from backend.errors import SettingsError
from backend.secret import Secret
from bridge.settings import FoundFile, Loaded, Settings, SettingsFaults, load

HOME = {"HOME": "/home/ada"}
FOLDER = Path("/home/ada/.local/share/toolboxai")
FILE = FOLDER / "toolboxai-server.toml"
URL = "postgresql://ada:sesame-7731@db.example:5432/school"


def files(found: Mapping[str, bytes]) -> Callable[[Path], FoundFile]:
    """Stand in for the disk."""
    by_path = {Path(path): content for path, content in found.items()}

    def read(path: Path) -> FoundFile:
        if path not in by_path:
            raise FileNotFoundError(2, "No such file or directory")
        return FoundFile(by_path[path], open_to_others=False)

    return read


def loaded(
    environ: Mapping[str, str] | None = None, toml: str = "", *, platform: str = "linux", data_dir: str | None = None
) -> Loaded:
    found = {str(FILE): toml.encode()} if toml else {}
    return load({**HOME, **(environ or {})}, platform=platform, read_file=files(found), data_dir=data_dir)


def faults(environ: Mapping[str, str] | None = None, toml: str = "") -> tuple[str, ...]:
    with pytest.raises(SettingsFaults) as caught:
        loaded(environ, toml)
    return caught.value.faults


def test_without_any_source_every_setting_has_its_default() -> None:
    found = loaded()

    assert Settings(data_dir=FOLDER) == found.settings
    assert {field.name: "default" for field in fields(Settings)} == dict(found.origins)
    assert found.warnings == ()


def test_the_file_overrides_the_default_and_the_environment_overrides_the_file() -> None:
    found = loaded({"TOOLBOXAI_PORT": "9001"}, "port = 9000\nops_port = 9002\n")

    assert (9001, 9002) == (found.settings.port, found.settings.ops_port)
    assert found.origins["port"] == "TOOLBOXAI_PORT"
    assert f"the file {FILE}, key ops_port" == found.origins["ops_port"]
    assert found.origins["workers"] == "default"


def test_the_same_values_can_be_written_in_both_sources() -> None:
    by_environ = loaded(
        {
            "TOOLBOXAI_BIND": "127.0.0.1, ::1",
            "TOOLBOXAI_PORT": " 9000 ",
            "TOOLBOXAI_OPS_PORT": "0",
            "TOOLBOXAI_WORKERS": "3",
            "TOOLBOXAI_REALTIME_ENGINE": "redis",
            "TOOLBOXAI_REDIS_URL": "redis://cache",
            "TOOLBOXAI_ALLOWED_HOSTS": "Bridge.School.Example,192.168.1.5,2001:db8::1",
            "TOOLBOXAI_TRUSTED_PROXIES": "10.0.0.5,10.1.0.0/16",
            "TOOLBOXAI_LOG_LEVEL": "WARNING",
            "TOOLBOXAI_DRAIN_SECONDS": "2.5",
            "TOOLBOXAI_REQUEST_TIMEOUT_SECONDS": "60",
            "TOOLBOXAI_BODY_TIMEOUT_SECONDS": "5",
            "TOOLBOXAI_BODY_LIMIT_BYTES": "4096",
            "TOOLBOXAI_IDEMPOTENCY_HOURS": "48",
            "TOOLBOXAI_DATABASE_URL": URL,
        }
    )
    by_file = loaded(
        toml=f"""
        bind = ["127.0.0.1", "::1"]
        port = 9000
        ops_port = 0
        workers = 3
        realtime_engine = "redis"
        redis_url = "redis://cache"
        allowed_hosts = ["bridge.school.example", "192.168.1.5", "[2001:DB8::1]"]
        trusted_proxies = ["10.0.0.5/32", "10.1.0.0/16"]
        log_level = "warning"
        drain_seconds = 2.5
        request_timeout_seconds = 60
        body_timeout_seconds = 5.0
        body_limit_bytes = 4096
        idempotency_hours = 48
        database_url = "{URL}"
        """
    )

    assert by_environ.settings == by_file.settings
    assert ("bridge.school.example", "192.168.1.5", "[2001:db8::1]") == by_file.settings.allowed_hosts
    assert ("10.0.0.5/32", "10.1.0.0/16") == by_file.settings.trusted_proxies
    assert Secret(URL) == by_file.settings.database_url


def test_every_fault_of_every_source_is_told_at_once() -> None:
    found = faults({"TOOLBOXAI_PROT": "1", "TOOLBOXAI_WORKERS": "many"}, 'port = "8460"\nprot = 2\n')

    assert 4 == len(found)
    assert [True] * 4 == [
        any(name in fault for fault in found)
        for name in ("TOOLBOXAI_PROT", "TOOLBOXAI_WORKERS", "key port", "key prot")
    ]


def test_the_error_is_an_error_of_the_settings_and_its_sentence_holds_every_fault() -> None:
    with pytest.raises(SettingsError) as caught:
        loaded({"TOOLBOXAI_PORT": "x", "TOOLBOXAI_WORKERS": "y"})

    assert 3 == caught.value.exit_code
    assert "TOOLBOXAI_PORT" in caught.value.sentence
    assert "TOOLBOXAI_WORKERS" in caught.value.sentence


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TOOLBOXAI_PROT", "did you mean TOOLBOXAI_PORT?"),
        ("TOOLBOXAI_WORKER", "did you mean TOOLBOXAI_WORKERS?"),
        ("TOOLBOXAI_DATABASE_URL_FIEL", "did you mean TOOLBOXAI_DATABASE_URL_FILE?"),
        ("toolboxai_port", "did you mean TOOLBOXAI_PORT?"),
        ("TOOLBOXAI_ZZZ", "it may be one of TOOLBOXAI_ALLOWED_HOSTS, TOOLBOXAI_BIND"),
    ],
)
def test_an_unknown_variable_is_refused_by_name_with_what_it_may_be(name: str, meant: str) -> None:
    (fault,) = faults({name: "1"})

    assert fault.startswith(f"{name} is not a setting; {meant}")


def test_a_variable_of_the_tests_and_of_other_programs_is_left_alone() -> None:
    others = {"TOOLBOXAI_TEST_ANYTHING": "1", "TOOLBOXAI_DEVICE": "d.json", "TOOLBOX_PORT": "x", "PORT": "x"}
    assert loaded().settings == loaded(others).settings


@pytest.mark.parametrize("empty", ["", "  ", "\t"])
def test_an_empty_variable_counts_as_not_set(empty: str) -> None:
    found = loaded({"TOOLBOXAI_PORT": empty, "TOOLBOXAI_DATABASE_URL": empty, "TOOLBOXAI_DATA_DIR": empty})

    assert Settings(data_dir=FOLDER) == found.settings


@pytest.mark.parametrize(
    ("key", "meant"), [("prot", "did you mean port?"), ("Port", "did you mean port?"), ("zzz", "it may be one of ")]
)
def test_an_unknown_key_of_the_file_is_refused_by_name_with_what_it_may_be(key: str, meant: str) -> None:
    (fault,) = faults(toml=f"{key} = 1")

    assert fault.startswith(f"the file {FILE}, key {key} is not a setting; {meant}")


def test_the_file_cannot_say_where_it_lies() -> None:
    (fault,) = faults(toml='data_dir = "/srv"')

    assert "set TOOLBOXAI_DATA_DIR" in fault


WRONG = [
    ("PORT", "65536", "from 0 to 65535"),
    ("PORT", "-1", "from 0 to 65535"),
    ("PORT", "http", "from 0 to 65535"),
    ("PORT", "8460.5", "from 0 to 65535"),
    ("PORT", "9" * 5000, "from 0 to 65535"),
    ("OPS_PORT", "70000", "from 0 to 65535"),
    ("WORKERS", "65", "from 0 to 64"),
    ("BIND", "localhost", "IP addresses"),
    ("BIND", "127.0.0.1,256.0.0.1", "holds '256.0.0.1'"),
    ("BIND", ",", "one or more IP addresses"),
    ("ALLOWED_HOSTS", "https://school.example", "without scheme"),
    ("ALLOWED_HOSTS", "school.example:443", "without scheme and port"),
    ("ALLOWED_HOSTS", "*", "holds '*'"),
    ("ALLOWED_HOSTS", "-a.example", "holds '-a.example'"),
    ("ALLOWED_HOSTS", "300.1.1.1", "holds '300.1.1.1'"),
    ("ALLOWED_HOSTS", "a" * 64 + ".example", "host names"),
    ("TRUSTED_PROXIES", "proxy", "holds 'proxy'"),
    ("TRUSTED_PROXIES", "10.1.2.3/8", "without host bits"),
    ("TRUSTED_PROXIES", "0.0.0.0/0", "not every address"),
    ("TRUSTED_PROXIES", "::/0", "not every address"),
    ("LOG_LEVEL", "loud", "debug, info, warning or error"),
    ("DRAIN_SECONDS", "nan", "seconds from 0 to 600"),
    ("DRAIN_SECONDS", "-1", "seconds from 0 to 600"),
    ("DRAIN_SECONDS", "inf", "seconds from 0 to 600"),
    ("REQUEST_TIMEOUT_SECONDS", "0", "from 0.1 to 3600"),
    ("BODY_TIMEOUT_SECONDS", "1h", "from 0.1 to 3600"),
    ("BODY_LIMIT_BYTES", "1M", "bytes from 1024"),
    ("IDEMPOTENCY_HOURS", "0", "from 1 to 720"),
    ("DATA_DIR", "data", "absolute path of a folder"),
    ("DATA_DIR", "~ada/data", "absolute path of a folder"),
    ("DATA_DIR", "/srv/a\nb", "not printable"),
    ("DATABASE_URL", "mysql://db/x", "does not start with sqlite:/// or postgresql://"),
    ("DATABASE_URL_FILE", "secret", "absolute path of a file"),
]


@pytest.mark.parametrize(("name", "value", "may_be"), WRONG)
def test_a_wrong_value_is_refused_by_name_with_what_it_may_be(name: str, value: str, may_be: str) -> None:
    (fault,) = faults({f"TOOLBOXAI_{name}": value})

    assert f"TOOLBOXAI_{name} " in fault
    assert may_be in fault
    assert fault.isprintable()
    assert len(fault) < 300


@pytest.mark.parametrize(
    ("line", "may_be"),
    [
        ("port = true", "whole number"),
        ("port = 8460.0", "whole number"),
        ('port = "8460"', "whole number"),
        ("port = [1]", "whole number"),
        ('bind = "127.0.0.1"', "IP addresses"),
        ("bind = []", "one or more"),
        ("bind = [1]", "IP addresses"),
        ('log_level = "INFO"', "debug, info"),
        ("drain_seconds = 2020-01-01", "seconds"),
        ("database_url = 5", "sqlite:///"),
        ("[port]\nx = 1", "whole number"),
    ],
)
def test_a_value_of_the_file_has_the_kind_of_its_setting(line: str, may_be: str) -> None:
    (fault,) = faults(toml=line)

    assert fault.startswith(f"the file {FILE}, key ")
    assert may_be in fault


@pytest.mark.parametrize(
    "line", [f'database_url = ["{URL}"]', f'[database_url]\nurl = "{URL}"', f'database_urls = "{URL}"']
)
def test_a_secret_of_the_wrong_kind_or_name_is_not_repeated(line: str) -> None:
    with pytest.raises(SettingsFaults) as caught:
        loaded(toml=line)

    assert "database_url" in caught.value.sentence
    assert "sesame" not in "".join(traceback.format_exception(caught.value))


def test_beyond_loopback_a_proxy_must_be_named() -> None:
    (fault,) = faults({"TOOLBOXAI_BIND": "0.0.0.0,::1"})

    assert fault.startswith("bind (TOOLBOXAI_BIND) has 0.0.0.0, which other machines can reach")
    assert "trusted_proxies" in fault
    assert loaded({"TOOLBOXAI_BIND": "0.0.0.0", "TOOLBOXAI_TRUSTED_PROXIES": "10.0.0.5"}).settings.bind == ("0.0.0.0",)


@pytest.mark.parametrize("address", ["192.168.1.5", "::", "fe80::1", "::ffff:192.168.1.5"])
def test_no_way_of_writing_an_outside_address_slips_past_that_rule(address: str) -> None:
    (fault,) = faults({"TOOLBOXAI_BIND": address})

    assert "trusted_proxies" in fault


def test_loopback_in_another_coat_is_loopback() -> None:
    assert loaded({"TOOLBOXAI_BIND": "::ffff:127.0.0.1,127.0.0.1,0:0:0:0:0:0:0:1"}).settings.bind == (
        "127.0.0.1",
        "::1",
    )


def test_a_wildcard_beside_an_address_that_it_takes_in_is_refused() -> None:
    (fault,) = faults({"TOOLBOXAI_BIND": "0.0.0.0,127.0.0.1", "TOOLBOXAI_TRUSTED_PROXIES": "10.0.0.5"})

    assert "0.0.0.0, which already takes in 127.0.0.1" in fault


def test_the_two_ports_must_differ_unless_both_are_free_ones() -> None:
    (fault,) = faults({"TOOLBOXAI_PORT": "9464"})

    assert "both 9464" in fault
    assert loaded({"TOOLBOXAI_PORT": "0", "TOOLBOXAI_OPS_PORT": "0"}).settings.port == 0


def test_on_windows_the_bridge_is_one_process_and_says_when_more_were_asked_for() -> None:
    environ = {"LOCALAPPDATA": r"C:\Users\ada\AppData\Local"}
    silent = load(environ, platform="win32", read_file=files({}))
    told = load({**environ, "TOOLBOXAI_WORKERS": "4"}, platform="win32", read_file=files({}))

    assert (0, "Windows") == (silent.settings.workers, silent.origins["workers"])
    assert silent.warnings == ()
    assert told.settings.workers == 0
    assert told.warnings == ("TOOLBOXAI_WORKERS is not used on Windows, where the bridge is one process",)


def test_the_data_folder_of_the_command_line_wins_and_its_file_is_read() -> None:
    read = files({"/srv/bridge/toolboxai-server.toml": b"port = 9000"})
    found = load({**HOME, "TOOLBOXAI_DATA_DIR": "/other"}, platform="linux", read_file=read, data_dir="/srv/bridge")

    assert (Path("/srv/bridge"), 9000) == (found.settings.data_dir, found.settings.port)
    assert found.origins["data_dir"] == "--data-dir"


def test_the_data_folder_can_lie_in_the_home_folder() -> None:
    assert Path("/home/ada/bridge") == loaded({"TOOLBOXAI_DATA_DIR": "~/bridge"}).settings.data_dir


def test_without_a_home_the_fault_names_it_and_the_cure() -> None:
    with pytest.raises(SettingsFaults) as caught:
        load({}, platform="linux", read_file=files({}))

    assert caught.value.sentence == (
        "HOME is not set, so there is no place for the data: "
        "give --data-dir, or set TOOLBOXAI_DATA_DIR to the folder for the data"
    )


def test_without_a_home_a_named_data_folder_is_enough() -> None:
    assert Path("/srv") == load({"TOOLBOXAI_DATA_DIR": "/srv"}, platform="linux", read_file=files({})).settings.data_dir


def test_a_home_that_is_missing_does_not_hide_other_faults() -> None:
    with pytest.raises(SettingsFaults) as caught:
        load({"TOOLBOXAI_PORT": "x"}, platform="linux", read_file=files({}))

    assert 2 == len(caught.value.faults)


def test_a_store_of_many_hosts_without_its_server_is_refused_with_the_line_to_add() -> None:
    (fault,) = faults({"TOOLBOXAI_GATE_STORE": "redis"})

    assert "gate_store (TOOLBOXAI_GATE_STORE)" in fault
    assert 'redis_url = "redis://user:password@host:6379/0"' in fault


def test_channels_on_a_server_without_that_server_are_refused_with_the_line_to_add() -> None:
    (fault,) = faults({"TOOLBOXAI_REALTIME_ENGINE": "redis"})

    assert "realtime_engine (TOOLBOXAI_REALTIME_ENGINE)" in fault
    assert 'redis_url = "redis://user:password@host:6379/0"' in fault


def test_one_server_that_is_not_named_is_missed_once() -> None:
    (fault,) = faults({"TOOLBOXAI_REALTIME_ENGINE": "redis", "TOOLBOXAI_GATE_STORE": "redis"})

    assert "gate_store (TOOLBOXAI_GATE_STORE)" in fault


def test_several_workers_with_channels_in_memory_are_refused_with_the_lines_to_add() -> None:
    (fault,) = faults({"TOOLBOXAI_WORKERS": "2"})
    (known,) = faults({"TOOLBOXAI_WORKERS": "2", "TOOLBOXAI_REDIS_URL": "redis://cache"})

    assert "workers (TOOLBOXAI_WORKERS) is 2" in fault
    assert 'realtime_engine = "redis" and redis_url = "redis://user:password@host:6379/0"' in fault
    assert 'add the line realtime_engine = "redis", or have one worker' in known
    for workers in ("0", "1"):
        assert "memory" == loaded({"TOOLBOXAI_WORKERS": workers}).settings.realtime_engine
    on_redis = {"TOOLBOXAI_REALTIME_ENGINE": "redis", "TOOLBOXAI_REDIS_URL": "redis://cache"}
    assert 2 == loaded({"TOOLBOXAI_WORKERS": "2", **on_redis}).settings.workers


def test_the_address_of_the_store_is_a_secret() -> None:
    settings = loaded({"TOOLBOXAI_GATE_STORE": "redis"}, 'redis_url = "redis://:sesame-7731@cache:6379/0"').settings

    assert settings.redis_url is not None
    assert "redis://:sesame-7731@cache:6379/0" == settings.redis_url.reveal()
    assert "sesame" not in repr(settings)
    (fault,) = faults({"TOOLBOXAI_REDIS_URL": "redis://:sesame-7731@cache:6379/x"})
    assert "sesame" not in fault
