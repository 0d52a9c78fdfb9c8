import pytest

from bridge.observability.traces import describe, place


def fail(depth: int) -> None:
    if depth:
        fail(depth - 1)
    raise KeyError("canary-77")


def test_what_led_to_an_error_is_told_from_the_outside_in() -> None:
    try:
        try:
            fail(0)
        except KeyError as error:
            raise RuntimeError("canary-78") from error
    except RuntimeError as error:
        found = describe(error)

    assert ["RuntimeError", "KeyError"] == [part["type"] for part in found]
    assert "canary" not in str(found)
    assert all("test_traces.py:" in frame for part in found for frame in part["frames"])  # type: ignore[attr-defined]


def test_an_error_raised_from_none_hides_what_led_to_it() -> None:
    error = RuntimeError()
    error.__context__ = KeyError()
    assert 2 == len(describe(error))

    error.__suppress_context__ = True
    assert 1 == len(describe(error))


def test_a_group_names_the_kinds_inside() -> None:
    group = ExceptionGroup("canary", [ValueError("canary"), KeyError("canary"), ValueError("canary")])

    assert [{"type": "ExceptionGroup", "frames": [], "inside": ["KeyError", "ValueError"]}] == describe(group)


def test_deep_recursion_makes_no_long_line() -> None:
    with pytest.raises(KeyError) as raised:
        fail(200)

    assert 20 == len(describe(raised.value)[0]["frames"])  # type: ignore[arg-type]


def test_an_error_that_is_its_own_cause_ends() -> None:
    error = ValueError()
    error.__cause__ = error

    assert len(describe(error)) <= 5


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        ("aiohttp/web.py:7", "/home/ann/x/.venv/lib/python3.11/site-packages/aiohttp/web.py"),
        ("backend/web/body.py:7", "/home/ann/toolboxai/backend/web/body.py"),
        ("asyncio/tasks.py:7", "/usr/lib/python3.11/asyncio/tasks.py"),
        ("main.py:7", "/ann/main.py"),
        ("<string>:7", "<string>"),
    ],
)
def test_a_place_is_told_inside_its_package(expected: str, path: str) -> None:
    told = place(path, 7)

    assert told.endswith(expected)
    assert "ann" not in told
