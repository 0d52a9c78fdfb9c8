import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest

from bridge.supervisor import stop_signals
from bridge.supervisor.stop_signals import StopSignals

STOPPING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def _as_a_program_usually_begins() -> Iterator[None]:
    """Tests may run where some of these are ignored, as in the background of a shell."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOPPING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def _no_time_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_signals, "SAME_SECONDS", -1.0)


@pytest.mark.parametrize("number", STOPPING)
def test_the_first_asks_for_an_end(number: signal.Signals) -> None:
    asked: list[str] = []
    with StopSignals(lambda _: asked.append("at once")) as signals:
        signals.tell(lambda: asked.append("in order"))
        signal.raise_signal(number)

    assert ["in order"] == asked


@pytest.mark.usefixtures("_no_time_between")
@pytest.mark.parametrize("number", STOPPING)
def test_the_second_is_obeyed_at_once(number: signal.Signals) -> None:
    asked: list[object] = []
    with StopSignals(asked.append) as signals:
        signals.tell(lambda: asked.append("in order"))
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(number)

    assert ["in order", number] == asked


def test_one_that_came_twice_is_one() -> None:
    asked: list[object] = []
    with StopSignals(asked.append) as signals:
        signals.tell(lambda: asked.append("in order"))
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    assert ["in order"] == asked


def test_a_second_after_a_moment_is_a_second() -> None:
    asked: list[object] = []
    with StopSignals(asked.append):
        signal.raise_signal(signal.SIGINT)
        time.sleep(stop_signals.SAME_SECONDS + 0.05)
        signal.raise_signal(signal.SIGINT)

    assert [signal.SIGINT] == asked


def test_one_that_came_before_anybody_could_be_told_is_not_lost() -> None:
    asked: list[str] = []
    with StopSignals(lambda _: None) as signals:
        signal.raise_signal(signal.SIGTERM)
        signals.tell(lambda: asked.append("in order"))

    assert ["in order"] == asked


def test_the_handlers_from_before_are_put_back() -> None:
    before = [signal.getsignal(number) for number in STOPPING]
    with StopSignals(lambda _: None):
        pass

    assert before == [signal.getsignal(number) for number in STOPPING]


def test_what_the_starter_ignores_stays_ignored() -> None:
    program = textwrap.dedent(
        """
        import signal
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        from bridge.supervisor.stop_signals import StopSignals
        with StopSignals(lambda _: None) as signals:
            signals.tell(lambda: print("asked"))
            signal.raise_signal(signal.SIGHUP)
        """
    )
    ended = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, check=True, env=os.environ)

    assert ended.stdout == b""
