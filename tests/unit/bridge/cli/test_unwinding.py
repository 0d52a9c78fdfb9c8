"""Clearing up before a signal ends the program; that it then ends by the signal is in bundle/test_stopped.py."""

import signal

import pytest

from bridge.cli.unwinding import unwinding


def test_the_handlers_are_what_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr("os.kill", lambda *told: killed.append(told))
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    cleared_up = False
    try:
        with pytest.raises(BaseException) as caught, unwinding():  # noqa: PT011, PT012
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                cleared_up = True
        after = signal.getsignal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert not isinstance(caught.value, Exception)
    assert cleared_up
    assert signal.SIG_DFL is after
    assert [signal.SIGTERM] == [number for _, number in killed]
