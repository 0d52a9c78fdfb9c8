"""One channel in the memory of a worker: its last messages, and its state."""

from collections import deque
from collections.abc import Sequence

from bridge.realtime.cursor import Cursor, new_epoch
from bridge.realtime.engines.refusals import state_too_large, too_many_keys
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import Message, NewMessage


class MemoryChannel:
    __slots__ = ("_bytes", "_epoch", "_kept", "_limits", "_name", "_state", "_state_bytes", "_top", "used_at")

    def __init__(self, name: str, limits: HistoryLimits, *, now: float) -> None:
        # When something was last published in it, or it came to be.
        self.used_at = now
        self._name = name
        self._limits = limits
        self._epoch = new_epoch()
        self._top = 0
        # With when each came, oldest first.
        self._kept: deque[tuple[float, Message]] = deque()
        self._bytes = 0
        self._state: dict[str, Message] = {}
        self._state_bytes = 0

    @property
    def top(self) -> Cursor:
        return Cursor(self._epoch, self._top)

    @property
    def has_state(self) -> bool:
        return bool(self._state)

    def add(self, new: NewMessage, *, at: int, now: float) -> Message:
        """Add a message, LimitReached where its key would make the state too large."""
        message = Message(self._name, Cursor(self._epoch, self._top + 1), at, new.key, new.data)
        if new.key is not None:
            self._hold(new.key, message, ends=new.ends_key)
        self._top += 1
        self._kept.append((now, message))
        self._bytes += message.size
        self._trim(now)
        self.used_at = now
        return message

    def kept(self, after: Cursor | None, *, now: float) -> Sequence[Message]:
        self._trim(now)
        messages = [message for _, message in self._kept]
        if after is None or after.epoch != self._epoch:
            return messages
        known = after.offset - (self._top - len(messages))
        return messages[known:] if 0 <= known <= len(messages) else messages

    def state(self) -> Sequence[Message]:
        return tuple(self._state.values())

    def _hold(self, key: str, message: Message, *, ends: bool) -> None:
        before = self._state.get(key)
        size = self._state_bytes - (0 if before is None else before.size)
        if ends:
            self._state.pop(key, None)
        else:
            size += message.size
            if before is None and len(self._state) >= self._limits.keys:
                raise too_many_keys(self._limits)
            if size > self._limits.state_bytes:
                raise state_too_large(self._limits)
            self._state[key] = message
        self._state_bytes = size

    def _trim(self, now: float) -> None:
        limits, kept = self._limits, self._kept
        oldest = now - limits.age_seconds
        while len(kept) > 1 and (len(kept) > limits.messages or self._bytes > limits.bytes or kept[0][0] <= oldest):
            self._bytes -= kept.popleft()[1].size
