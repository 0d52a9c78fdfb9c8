"""The first signal asks for an end in order, a second one is obeyed at once."""

import contextlib
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Final, Self

_STOPPING: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
# One Ctrl-C may come twice: from the terminal, and passed on by the program that started us.
SAME_SECONDS: Final = 0.3


class StopSignals:
    """Not the event loop's own handlers: those do not exist on Windows, and are deaf while the loop is busy."""

    def __init__(self, end_at_once: Callable[[signal.Signals], None]) -> None:
        self._end_at_once = end_at_once
        self._asked: Callable[[], object] | None = None
        self._first_at: float | None = None
        self._before: dict[signal.Signals, object] = {}

    def tell(self, asked: Callable[[], object]) -> None:
        """Call `asked` at the first signal, also when it has come already."""
        self._asked = asked
        if self._first_at is not None:
            asked()

    def __enter__(self) -> Self:
        for name in _STOPPING:
            number = getattr(signal, name, None)
            # What whoever started us ignores (nohup, a job in the background) stays ignored.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _take(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first_at is None:
            self._first_at = now
            if self._asked is not None:
                with contextlib.suppress(RuntimeError):  # the event loop has ended by itself meanwhile
                    self._asked()
        elif now - self._first_at > SAME_SECONDS:
            self._end_at_once(signal.Signals(number))
