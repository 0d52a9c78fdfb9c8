import pytest

from backend.web.call import Answer


def test_headers_of_plain_text_are_taken() -> None:
    assert (("Location", "/a?b=c d"),) == Answer(201, None, (("Location", "/a?b=c d"),)).headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Location", "/a\r\nSet-Cookie: x=1"),
        ("Location", "/a\nb"),
        ("Location", "/é"),
        ("Location", ""),
        ("Location", "/" + "a" * 2048),
        ("Loca tion", "/a"),
        ("Location:", "/a"),
        ("X\r\nY", "a"),
        ("", "a"),
    ],
)
def test_a_header_that_could_end_early_is_refused_where_it_is_made(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="may not be sent"):
        Answer(201, None, ((name, value),))
