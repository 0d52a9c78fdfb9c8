"""A connection on which a server tells what is published in its channels, beside answering what it is asked."""

from collections.abc import Callable
from typing import Final

from hiredis import ProtocolError

from bridge.redis_server.link import Link

_MESSAGE: Final = b"smessage"


class Ear(Link):
    """Its answers come in the order of the questions as those of any link; `heard` is called in between."""

    def __init__(
        self, give_up_seconds: float, on_lost: Callable[[Link], None], heard: Callable[[bytes, bytes], None]
    ) -> None:
        super().__init__(give_up_seconds, on_lost)
        self._heard = heard
        # Since an answer was last looked for.
        self._has_come = False

    def data_received(self, data: bytes) -> None:
        self._has_come = True
        self._reader.feed(data)
        waiting = self._waiting
        try:
            while (answer := self._reader.gets()) is not False:
                if type(answer) is list and answer[0] == _MESSAGE:
                    self._heard(answer[1], answer[2])
                    continue
                first = waiting.popleft()
                self._answered += 1
                if not first.done():
                    first.set_result(answer)
        except (ProtocolError, IndexError):
            self.cut()

    def _look(self, last: int) -> None:
        """Take it for lost only where nothing came at all: the answer stands behind all that was told before."""
        if self._has_come and self._answered < last:
            self._has_come = False
            self._loop.call_later(self._give_up_seconds, self._look, last)
        else:
            super()._look(last)
