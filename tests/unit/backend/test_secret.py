"""A secret shows itself only when asked by name."""

import copy
import json
import logging
import pickle
import traceback
from dataclasses import asdict, dataclass

import orjson
import pytest

from backend.secret import HIDDEN, Secret

CANARY = "sesame-open-7731"


@dataclass(frozen=True, slots=True)
class Holder:
    secret: Secret


def test_a_secret_reveals_its_text_when_asked_by_name() -> None:
    assert CANARY == Secret(CANARY).reveal()


@pytest.mark.parametrize(
    "shown",
    [
        repr(Secret(CANARY)),
        str(Secret(CANARY)),
        f"{Secret(CANARY)}",
        f"{Secret(CANARY)!r:>40}",
        f"{Secret(CANARY):>40}",
        "%s %r" % (Secret(CANARY), Secret(CANARY)),  # noqa: UP031  # the form that logging uses
        "{0} {0!s}".format(Secret(CANARY)),
        repr(Holder(Secret(CANARY))),
        repr([Secret(CANARY)]),
        repr(asdict(Holder(Secret(CANARY)))),
    ],
)
def test_a_secret_hides_itself_in_every_form_of_text(shown: str) -> None:
    assert CANARY not in shown
    assert HIDDEN in shown


def test_a_format_that_fails_does_not_show_the_text() -> None:
    with pytest.raises(ValueError, match="format") as caught:
        format(Secret(CANARY), "d")

    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_secret_hides_itself_in_a_log_record(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("tests.secret").warning("given %s", Secret(CANARY))

    assert CANARY not in caplog.text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret(CANARY), protocol)


def test_the_state_of_a_secret_is_not_handed_out() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        Secret(CANARY).__getstate__()
    with pytest.raises(TypeError):
        vars(Secret(CANARY))


@pytest.mark.parametrize("dumps", [json.dumps, orjson.dumps])
def test_a_secret_is_not_written_as_json(dumps: object) -> None:
    with pytest.raises(TypeError) as caught:
        dumps({"secret": Secret(CANARY)})  # type: ignore[operator]

    assert CANARY not in str(caught.value)


def test_a_copy_of_a_secret_is_the_secret() -> None:
    secret = Secret(CANARY)

    assert secret is copy.copy(secret)
    assert secret is copy.deepcopy(Holder(secret)).secret


def test_a_secret_does_not_change() -> None:
    secret = Secret(CANARY)

    with pytest.raises(AttributeError, match="does not change"):
        secret._text = "other"
    with pytest.raises(AttributeError, match="does not change"):
        del secret._text
    assert CANARY == secret.reveal()


def test_secrets_are_equal_by_their_text_and_to_nothing_else() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert hash(Secret(CANARY)) == hash(Secret(CANARY))
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY


def test_a_text_that_is_no_utf8_is_compared_without_being_shown() -> None:
    assert Secret("\udcff" + CANARY) != Secret(CANARY)
    assert Secret("\udcff" + CANARY) == Secret("\udcff" + CANARY)
