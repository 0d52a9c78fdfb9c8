"""Every way to fail is one line and an exit code."""

import errno
import inspect
import sys
from collections.abc import Callable

import click
import pytest

from backend import errors
from backend.errors import DatabaseError, InternalError, OperatorError
from bridge.cli import main
from bridge.settings import SettingsFaults

from .conftest import Run

OPERATOR_ERRORS = [
    found
    for found in vars(errors).values()
    if inspect.isclass(found) and issubclass(found, OperatorError) and found is not OperatorError
]

FailWith = Callable[[BaseException], None]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> FailWith:
    """Make `toolboxai version` raise what a test wants."""

    def fail_with(error: BaseException) -> None:
        def versions() -> dict[str, str]:
            raise error

        monkeypatch.setattr("bridge.cli.version.versions", versions)

    return fail_with


@pytest.mark.parametrize("kind", OPERATOR_ERRORS)
def test_an_error_for_people_is_one_line_with_its_exit_code(
    kind: type[OperatorError], failing: FailWith, run: Run
) -> None:
    failing(kind("the thing is broken: mend it"))

    ended = run("version")

    assert (kind.exit_code, "", "toolboxai: the thing is broken: mend it\n") == (ended.code, ended.out, ended.err)


@pytest.mark.parametrize("kind", OPERATOR_ERRORS)
def test_with_json_an_error_is_one_object_on_stdout(kind: type[OperatorError], failing: FailWith, run: Run) -> None:
    failing(kind("the thing is broken"))

    ended = run("version", "--json")

    assert {
        "error": {
            "code": kind.code,
            "exit_code": kind.exit_code,
            "message": "the thing is broken",
            "faults": ["the thing is broken"],
        }
    } == ended.told
    assert (kind.exit_code, "") == (ended.code, ended.err)


def test_the_exit_codes_differ_from_each_other_and_from_those_of_the_command_line() -> None:
    codes = [kind.exit_code for kind in OPERATOR_ERRORS]

    assert sorted(set(codes)) == sorted(codes)
    assert not {0, 1, 70, 130, 141}.intersection(codes)


def test_a_sentence_with_line_ends_is_still_one_line(failing: FailWith, run: Run) -> None:
    failing(DatabaseError("the database\nsays\r\n  no"))

    assert "toolboxai: the database says no\n" == run("version").err


def test_several_faults_of_the_settings_have_a_line_each(failing: FailWith, run: Run) -> None:
    failing(SettingsFaults(("this is wrong", "that is wrong")))

    assert "toolboxai: this is wrong\ntoolboxai: that is wrong\n" == run("version").err
    assert ["this is wrong", "that is wrong"] == run("version", "--json").told["error"]["faults"]


def test_an_unexpected_error_is_named_by_its_type_alone(failing: FailWith, run: Run) -> None:
    failing(ValueError("sesame"))

    ended = run("version")

    assert 70 == ended.code
    assert (
        "toolboxai: something unexpected happened (ValueError); run it again with --debug to see where\n" == ended.err
    )
    told = run("version", "--json").told["error"]
    assert ("unexpected", 70) == (told["code"], told["exit_code"])


def test_an_error_of_the_service_is_a_sentence_with_the_code_for_the_unexpected(failing: FailWith, run: Run) -> None:
    failing(InternalError("it broke"))

    ended = run("version")

    assert (70, "toolboxai: it broke\n") == (ended.code, ended.err)


@pytest.mark.parametrize("words", [("--debug", "version"), ("version", "--debug")])
def test_debug_shows_the_traceback_before_the_line(words: tuple[str, ...], failing: FailWith, run: Run) -> None:
    failing(DatabaseError("no database"))

    ended = run(*words)

    assert 7 == ended.code
    assert "Traceback (most recent call last)" in ended.err
    assert ended.err.endswith("toolboxai: no database\n")


def test_without_debug_there_is_no_traceback(failing: FailWith, run: Run) -> None:
    failing(RuntimeError("no"))

    assert "Traceback" not in run("version").err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_as_such(number: int, failing: FailWith, run: Run) -> None:
    failing(OSError(number, "no", "/srv/x"))

    ended = run("version")

    assert (8, "toolboxai: no space is left on the disk of /srv/x: free some, then try again\n") == (
        ended.code,
        ended.err,
    )


def test_ctrl_c_ends_quietly(failing: FailWith, run: Run) -> None:
    failing(KeyboardInterrupt())

    ended = run("version")

    assert (130, "", "") == (ended.code, ended.out, ended.err)


def test_the_exit_code_of_a_command_is_that_of_the_program(failing: FailWith, run: Run) -> None:
    failing(click.exceptions.Exit(5))

    assert 5 == run("version").code


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["servr"], "no such command 'servr'; did you mean 'serve'?"),
        (["--jsno", "version"], "no such option '--jsno'; did you mean '--json'?"),
        (["version", "--jsno"], "no such option '--jsno'; did you mean '--json'?"),
        (["outbox", "lst"], "no such command 'lst'; did you mean 'list'?"),
        (["zzz"], "no such command 'zzz'; \"toolboxai --help\" tells what may be written"),
        (["version", "x"], 'got unexpected extra argument (x); "toolboxai version --help" tells what may be written'),
        (["outbox", "retry"], "missing argument 'ID...'; \"toolboxai outbox retry --help\" tells what may be written"),
    ],
)
def test_a_wrong_command_line_is_one_line_that_says_what_was_meant(words: list[str], line: str, run: Run) -> None:
    ended = run(*words)

    assert (2, "", f"toolboxai: {line}\n") == (ended.code, ended.out, ended.err)


@pytest.mark.parametrize("words", [["servr", "--json"], ["--json", "servr"], ["version", "x", "--json"]])
def test_a_wrong_command_line_is_told_in_json_where_that_was_asked_for(words: list[str], run: Run) -> None:
    ended = run(*words)

    assert ("usage", 2, "") == (ended.told["error"]["code"], ended.code, ended.err)


def test_what_stands_after_two_dashes_is_no_option(run: Run) -> None:
    assert run("version", "--", "--json").err.startswith("toolboxai: got unexpected extra argument (--json)")


def test_the_words_of_the_process_are_taken_when_none_are_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["toolboxai", "--version"])

    assert 0 == main()
    assert capsys.readouterr().out.startswith("toolboxai ")
