"""How far a command is with the records."""

import pytest

from bridge.cli.asked import Asked
from bridge.cli.audit.telling import Counter
from bridge.cli.progress import Shown
from tests.audit.chains import chain


def test_records_are_counted_and_shown_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    (record,) = chain(1)
    with Shown("checking", asked=Asked()) as shown:
        counter = Counter(shown)
        for _ in range(2500):
            counter(record)

    assert 2500 == counter.records
    assert ["", "checking: 1,000 records", "checking: 2,000 records", ""] == capsys.readouterr().err.split("\r\x1b[K")
