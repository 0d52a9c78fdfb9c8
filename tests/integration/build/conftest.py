"""The reader of models, built once."""

from collections.abc import Iterator

import pytest

from tests.rojo.dom import Reader, reader


@pytest.fixture(scope="session")
def read() -> Iterator[Reader]:
    """The program that tells what is in a file, of whichever of the four formats."""
    with reader() as running:
        yield running
