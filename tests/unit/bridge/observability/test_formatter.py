import logging
from pathlib import Path

from backend.accounts.keys.text_form import Credential, Kind
from backend.secret import Secret
from backend.web.exchange import REQUEST_ID
from tests.unit.bridge.observability.conftest import Log

own = logging.getLogger("bridge.something")
foreign = logging.getLogger("somebody.else")
CANARY = "canary-91c4"


def test_our_own_line_has_its_sentence_and_the_allowed_fields(log: Log) -> None:
    own.warning("a row was given up", extra={"kind": "mail", "attempts": 3})

    (line,) = log.lines()
    assert ("warning", "bridge.something", "a row was given up", "mail", 3) == (
        line["level"],
        line["logger"],
        line["event"],
        line["kind"],
        line["attempts"],
    )
    assert {"time", "level", "logger", "pid", "event", "kind", "attempts"} == line.keys()


def test_a_field_that_is_not_on_the_list_is_left_out_and_named(log: Log) -> None:
    own.info("an event", extra={"body": CANARY, "kind": "mail"})

    (line,) = log.lines()
    assert ["body"] == line["dropped"]
    assert CANARY not in str(line)


def test_a_field_with_a_credential_loses_its_secret_wherever_it_is_cut(log: Log) -> None:
    made = Credential.new(Kind.API)
    secret = made.secret.reveal()

    for filling in ("", "x" * 120, "x" * 190):
        own.info("an event", extra={"reason": f"{filling} {made.text()} was given"})

    shown = str(log.lines())
    assert not any(secret[start : start + 8] in shown for start in range(len(secret) - 8))
    assert made.id in shown


def test_arguments_are_never_put_into_the_sentence(log: Log) -> None:
    own.info("a name came: %s", CANARY)

    (line,) = log.lines()
    assert "a name came: %s" == line["event"]
    assert CANARY not in str(line)


def test_an_allowed_field_holds_short_text_and_numbers_only(log: Log) -> None:
    own.info("x", extra={"kind": "k" * 1000, "reason": {"a": CANARY}, "found": Secret(CANARY), "expected": None})

    (line,) = log.lines()
    assert len(line["kind"]) < 250
    assert ("<dict>", "********", None) == (line["reason"], line["found"], line["expected"])


def test_a_line_written_in_a_request_names_it(log: Log) -> None:
    token = REQUEST_ID.set("abc123")
    own.info("inside")
    REQUEST_ID.reset(token)
    own.info("outside")

    assert ["abc123", None] == [line.get("request_id") for line in log.lines()]


def test_a_line_break_cannot_begin_a_second_line(log: Log) -> None:
    own.info("x", extra={"kind": 'mail\n{"level":"critical"}'})

    assert 1 == len(log.lines())


def test_a_library_is_quoted_only_where_it_wrote_a_constant(log: Log) -> None:
    foreign.error("it broke at %s", CANARY)
    foreign.error("it broke")
    foreign.error(f"it broke at {CANARY}")
    foreign.error("it broke at " + CANARY)
    foreign.error("it broke at {}".format(CANARY))  # noqa: UP032

    lines = log.lines()
    assert ["it broke at %s", "it broke", None, None, None] == [line.get("template") for line in lines]
    assert all(str(line["where"]).startswith("bridge/observability/test_formatter.py:") for line in lines)
    assert CANARY not in str(lines)


def test_a_library_may_name_no_fields(log: Log) -> None:
    foreign.error("it broke", extra={"kind": CANARY})

    assert CANARY not in str(log.lines())


def test_a_logger_that_only_begins_like_ours_is_foreign(log: Log) -> None:
    logging.getLogger("bridgehead").error(f"{CANARY}")  # noqa: G004

    assert CANARY not in str(log.lines())


def test_the_message_of_an_exception_is_not_told(log: Log) -> None:
    error = ValueError(CANARY)
    own.error("it failed", exc_info=error)
    foreign.error("it failed", exc_info=error)

    lines = log.lines()
    assert [["ValueError"], ["ValueError"]] == [[part["type"] for part in line["error"]] for line in lines]
    assert CANARY not in str(lines)


def test_no_path_tells_whose_machine_this_is(log: Log) -> None:
    foreign.error("it broke")

    assert str(Path(__file__).parent) not in str(log.lines())


def test_below_its_level_nothing_is_written(log: Log) -> None:
    own.debug("a detail")

    assert [] == log.lines()


def test_a_credential_loses_its_secret_wherever_it_stands_in_a_line(log: Log) -> None:
    made = Credential.new(Kind.API)
    secret = made.secret.reveal()
    own.info(f"given {made.text()}", extra={"reason": made.text().upper(), "found": f'"{made.text()}"\n'})
    try:
        int(made.text())  # an exception whose message repeats what it was given
    except ValueError:
        own.exception("refused")

    lines = log.lines()
    assert 2 == len(lines)
    assert f"given tbx_api_{made.id}_********" == lines[0]["event"]
    assert secret not in str(lines).lower()
