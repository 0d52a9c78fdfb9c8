"""What was published under idempotency keys, in the memory of a worker.

None is forgotten before its time, since then a repeat would be published twice: where there is no more room, nothing
with a key is published.
"""

from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.refusals import no_more_keys_remembered


class MemoryRepeats:
    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        # In the order in which they are forgotten.
        self._known: dict[tuple[str, str], tuple[float, Cursor]] = {}

    def find(self, channel: str, key: str, *, now: float) -> Cursor | None:
        """Return where it was published; StoreUnavailable where it was not, and there is no room to remember it."""
        while self._known and next(iter(self._known.values()))[0] <= now:
            del self._known[next(iter(self._known))]
        found = self._known.get((channel, key))
        if found is None and len(self._known) >= self._most:
            raise no_more_keys_remembered()
        return None if found is None else found[1]

    def remember(self, channel: str, key: str, cursor: Cursor, *, now: float) -> None:
        # One of a life of the channel that is over stands further ahead.
        self._known.pop((channel, key), None)
        self._known[channel, key] = now + self._seconds, cursor
