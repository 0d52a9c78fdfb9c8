"""What was looked up about callers, for as long as it holds."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from backend.db.rights_changes import Generation

ValueT = TypeVar("ValueT")

ENTRIES: Final = 4096
KEPT_SECONDS: Final = 30.0


class RightsCache(Generic[ValueT]):
    """Bounded; an entry ends with its time and with the generation of rights that it was read in.

    The generation is asked for before the reading: what changes meanwhile then ends the entry, whatever was read.
    """

    def __init__(
        self,
        generation: Callable[[], Generation | None],
        *,
        entries: int = ENTRIES,
        kept_seconds: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.generation = generation
        self._entries = entries
        self._kept_seconds = kept_seconds
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[ValueT, Generation, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: bytes) -> ValueT | None:
        entry = self._kept.get(key)
        if entry is None:
            return None
        value, generation, ends_at = entry
        if generation != self.generation() or self._clock() >= ends_at:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return value

    def keep(self, key: bytes, value: ValueT, read_in: Generation | None, *, seconds: float | None = None) -> None:
        """Keep what was read in a generation, for some seconds at most; nothing where that is not known."""
        if read_in is None:
            return
        kept_seconds = self._kept_seconds if seconds is None else min(self._kept_seconds, seconds)
        self._kept[key] = (value, read_in, self._clock() + kept_seconds)
        self._kept.move_to_end(key)
        if len(self._kept) > self._entries:
            self._kept.popitem(last=False)
