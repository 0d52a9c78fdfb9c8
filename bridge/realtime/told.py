"""An item of a stream that is no message."""

from dataclasses import dataclass

from bridge.realtime.cursor import Cursor
from bridge.realtime.digest import digest
from bridge.realtime.frames import text_frame


@dataclass(frozen=True, slots=True)
class Told:
    # As JSON.
    item: bytes
    kind: str
    # Of which channel, and where whoever has read it stands there; None where it moves nobody.
    channel: str | None = None
    cursor: Cursor | None = None

    @property
    def frame(self) -> bytes:
        """As a frame of a WebSocket."""
        return text_frame(self.item)

    @property
    def digest(self) -> bytes:
        """As a seal names it."""
        return digest(self.item)

    @property
    def size(self) -> int:
        return len(self.item)
