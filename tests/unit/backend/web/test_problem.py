import orjson
import pytest

from backend.errors import FieldError, InvalidRequest, NotFound, RequestError
from backend.web.problem import catalogue, from_status, render


def test_an_error_is_written_with_its_code_sentence_and_request() -> None:
    assert {
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "There is no game with this id.",
        "request_id": "abc",
    } == orjson.loads(render(NotFound("There is no game with this id."), "abc"))


def test_wrong_fields_are_listed() -> None:
    error = InvalidRequest("One value is wrong.", (FieldError("/body/a", "Input should be a string"),))

    assert [{"path": "/body/a", "message": "Input should be a string"}] == orjson.loads(render(error, ""))["errors"]


def test_every_code_is_there_once_and_in_order() -> None:
    found = list(catalogue().values())

    assert sorted(found, key=lambda kind: (kind.status, kind.code)) == found
    assert len(found) == len({kind.code for kind in found})
    assert {"invalid_request", "internal", "timed_out", "in_progress"} <= catalogue().keys()


def test_what_may_change_by_itself_is_never_deterministic() -> None:
    """These are the answers that the protocol forbids to keep beside a claim."""
    for kind in catalogue().values():
        if issubclass(kind, RequestError) and kind.status in {401, 408, 409, 429}:
            assert not kind.deterministic, kind


@pytest.mark.parametrize(
    ("code", "status"), [("not_found", 404), ("too_large", 413), ("internal", 402), ("internal", 302)]
)
def test_a_bare_status_becomes_the_error_of_that_status(code: str, status: int) -> None:
    assert code == from_status(status).code
