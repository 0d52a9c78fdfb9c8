"""`toolboxai doctor`: what it says, and the exit code."""

import re
import socket
from pathlib import Path

import pytest

from bridge.check_result import CheckResult, Verdict
from bridge.settings import Loaded, Settings

from .conftest import Run

CHECKS = [
    "python",
    "sqlite",
    "core",
    "uvloop",
    "clock",
    "open_files",
    "settings",
    "data_folder",
    "disk_space",
    "file_locks",
    "bridge",
    "ipv6",
    "port",
    "ops_port",
    "database",
]
FREE = {"TOOLBOXAI_PORT": "0", "TOOLBOXAI_OPS_PORT": "0"}


def found(monkeypatch: pytest.MonkeyPatch, *results: CheckResult) -> None:
    monkeypatch.setattr("bridge.cli.checks.plan.examine", lambda *_args, **_others: list(results))


def test_a_machine_without_a_fault_is_well_and_left_as_it_was(run: Run, home: Path) -> None:
    ended = run("doctor", "--json", **FREE)

    assert CHECKS == [check["name"] for check in ended.told["checks"]]
    assert [] == [check for check in ended.told["checks"] if check["verdict"] == "fail"]
    assert (0, True, "") == (ended.code, ended.told["ok"], ended.err)
    assert [] == list(home.iterdir())


def test_wrong_settings_are_one_finding_each_and_the_rest_is_left_out(run: Run) -> None:
    ended = run("doctor", "--json", TOOLBOXAI_PORT="x", TOOLBOXAI_PROT="1")
    settings = [check for check in ended.told["checks"] if check["name"] == "settings"]

    assert 12 == ended.code
    assert ["fail", "fail"] == [check["verdict"] for check in settings]
    assert CHECKS[: CHECKS.index("settings")] == [check["name"] for check in ended.told["checks"]][:-2]


def test_a_clock_before_2020_is_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.cli.checks.plan.time.time", lambda: 0.0)
    ended = run("doctor", "--json", **FREE)

    assert [("clock", "set it, or switch time synchronisation on")] == [
        (check["name"], check["cure"]) for check in ended.told["checks"] if check["verdict"] == "fail"
    ]
    assert (12, False) == (ended.code, ended.told["ok"])


def test_a_taken_port_is_found(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        ended = run("doctor", "--json", TOOLBOXAI_PORT="0", TOOLBOXAI_OPS_PORT=port)

    assert ["ops_port"] == [check["name"] for check in ended.told["checks"] if check["verdict"] == "fail"]


def test_what_the_settings_warn_of_is_found(run: Run, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    loaded = Loaded(Settings(data_dir=home / "data", port=0, ops_port=0), {}, ("everybody can read it",))
    monkeypatch.setattr("bridge.settings.load", lambda _environ, **_others: loaded)
    ended = run("doctor", "--json")

    assert [("warn", "everybody can read it")] == [
        (check["verdict"], check["seen"]) for check in ended.told["checks"] if check["name"] == "settings"
    ]
    assert 0 == ended.code


def test_a_secret_is_not_shown(run: Run) -> None:
    url = "postgresql://ada:sesame-7731@127.0.0.1:1/school"
    ended = run("doctor", TOOLBOXAI_DATABASE_URL=url, **FREE)

    assert 12 == ended.code
    assert re.search("fail +database", ended.out)
    assert "sesame" not in ended.out + ended.err


def test_people_see_aligned_lines_cures_and_a_last_word(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found(
        monkeypatch,
        CheckResult("core", Verdict.OK, "fit"),
        CheckResult("disk_space", Verdict.WARN, "little", "free some"),
        CheckResult("port", Verdict.FAIL, "taken", "choose another"),
    )
    ended = run("doctor")

    assert (
        "ok    core        fit\n"
        "warn  disk_space  little\n"
        "                  to mend it: free some\n"
        "fail  port        taken\n"
        "                  to mend it: choose another\n"
        "1 of 3 checks failed: mend them, then run this again.\n"
    ) == ended.out
    assert 12 == ended.code


@pytest.mark.parametrize(
    ("verdict", "code", "last"),
    [
        (Verdict.OK, 0, "All 1 checks are well."),
        (Verdict.WARN, 0, "The bridge can run; 1 of 1 checks found something to look at."),
        (Verdict.FAIL, 12, "1 of 1 checks failed: mend them, then run this again."),
    ],
)
def test_only_a_failure_has_an_exit_code(
    verdict: Verdict, code: int, last: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, CheckResult("x", verdict, "seen"))
    ended = run("doctor")

    assert (code, last) == (ended.code, ended.out.splitlines()[-1])


@pytest.mark.parametrize(
    ("terminal", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_colours_are_for_a_terminal_that_wants_them(
    terminal: bool,  # noqa: FBT001
    no_color: str,
    coloured: bool,  # noqa: FBT001
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found(monkeypatch, CheckResult("x", Verdict.FAIL, "seen"))
    monkeypatch.setattr("bridge.cli.doctor.sys.stdout.isatty", lambda: terminal)

    assert coloured == ("\x1b[31m" in run("doctor", NO_COLOR=no_color).out)


def test_debug_shows_where_a_check_broke(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise ValueError("here")

    monkeypatch.setattr("bridge.cli.checks.machine.open_files_limit", fail)

    assert "ValueError: here" in run("doctor", "--debug", **FREE).err
    assert "" == run("doctor", **FREE).err
