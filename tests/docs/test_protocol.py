"""The worked bytes of docs/protocol.md are those of the vectors."""

from tests.contract.protocol_page import PAGE, written


def test_the_worked_bytes_of_the_page_are_those_of_the_vectors() -> None:
    assert written() == PAGE.read_text("utf-8"), "run `python -P -m tests.contract.protocol_page`, and read the diff"
