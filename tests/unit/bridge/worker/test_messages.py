import pytest

from bridge.worker.messages import (
    Answer,
    Ask,
    Drain,
    Failed,
    Farewell,
    Go,
    HandOver,
    Message,
    NotUnderstood,
    Ready,
    decode,
    encode,
)

EVERY_KIND: list[Message] = [
    HandOver('{"port": 1}', [3, 4], 5, 6, "0123456789abcdef"),
    Go(),
    Ask(7, "metrics"),
    Drain(),
    Ready(),
    Failed("database", "the database is newer"),
    Answer(7, {"a": [["_total", {"b": "c"}, 1.5]]}),
    Farewell({}),
]


@pytest.mark.parametrize("message", EVERY_KIND, ids=lambda message: type(message).__name__)
def test_every_message_arrives_as_it_was_sent(message: Message) -> None:
    assert message == decode(encode(message))


def test_a_message_is_one_line_whatever_it_holds() -> None:
    line = encode(Failed("crashed", "two\nlines"))

    assert line.index(b"\n") == len(line) - 1


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"not json\n",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b'{"kind":"unheard_of"}\n',
        b'{"kind":["go"]}\n',
        b'{"kind":"go","extra":1}\n',
        b'{"kind":"failed","code":"x"}\n',
        b"\xff\n",
    ],
)
def test_what_is_no_message_is_not_understood(line: bytes) -> None:
    with pytest.raises(NotUnderstood):
        decode(line)
