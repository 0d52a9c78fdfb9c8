"""How far a long command is."""

import pytest

from bridge.cli.asked import Asked
from bridge.cli.progress import Shown


def shown(asked: Asked) -> None:
    with Shown("packing", asked=asked) as line:
        line.progress(0, 0, 0)
        line.counted(12_000, "records")
        line.progress(51_500_000, 103_000_000, 1_234)


def test_it_is_a_line_on_a_terminal_that_is_cleared_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    shown(Asked())

    lines = capsys.readouterr().err.split("\r\x1b[K")
    assert ["", "packing: looking", "packing: 12,000 records", "packing:  50%, 51 of 103 MB, 1,234 files", ""] == lines


def test_there_is_none_for_programs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shown(Asked())
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    shown(Asked(as_json=True))
    monkeypatch.setattr("sys.stderr", None)
    shown(Asked())

    captured = capsys.readouterr()
    assert ("", "") == (captured.out, captured.err)
