"""What goes to many connections at once, past their transports where nothing waits there.

A turn through the event loop's transport costs a third of what telling somebody costs; the rest is the system's.
"""

from types import TracebackType
from typing import Protocol

from core_rs import send_each, send_to_all


class Line(Protocol):
    def write(self, data: bytes, /) -> object: ...


class _Lot:
    """The same bytes for many."""

    __slots__ = ("data", "lines", "sockets")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sockets: list[int] = []
        self.lines: list[Line] = []


class Post:
    """Open while a batch is handed out; what was put in has gone out when it closes, in the order of each line.

    Whoever puts something in writes nothing to their line until then.
    """

    __slots__ = ("_each", "_last", "_lines", "_lots", "is_open")

    def __init__(self) -> None:
        self.is_open = False
        self._lots: list[_Lot] = []
        self._last: _Lot | None = None
        self._each: list[tuple[int, bytes]] = []
        self._lines: list[Line] = []

    def __enter__(self) -> None:
        self.is_open = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False
        lots, self._lots, self._last = self._lots, [], None
        each, self._each = self._each, []
        lines, self._lines = self._lines, []
        for lot in lots:
            for index, taken in send_to_all(lot.sockets, lot.data):
                lot.lines[index].write(lot.data[taken:])
        for index, taken in send_each(each):
            lines[index].write(each[index][1][taken:])

    def put_shared(self, socket: int, data: bytes, line: Line) -> None:
        """Put in what others get too, as the very same bytes."""
        lot = self._last
        if lot is None or lot.data is not data:
            lot = next((one for one in self._lots if one.data is data), None)
            if lot is None:
                lot = _Lot(data)
                self._lots.append(lot)
            self._last = lot
        lot.sockets.append(socket)
        lot.lines.append(line)

    def put(self, socket: int, data: bytes, line: Line) -> None:
        """Put in what nobody else gets."""
        self._each.append((socket, data))
        self._lines.append(line)
