"""The keys that answers are proven with, derived from that of their session and remembered, and those of streams."""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from bridge.gate.masters import Masters
from core_rs import MacKey, session_key, session_use

_REMEMBERED: Final = 16_384
# So many letters of an id hold its first byte, the version of the master key.
_FIRST_LETTERS: Final = 4


class AnswerKeys:
    def __init__(self, masters: Masters) -> None:
        self._masters = masters
        self.of: Callable[[str], MacKey] = lru_cache(_REMEMBERED)(self._made)

    def of_stream(self, key_id: str) -> MacKey:
        """Return what seals the streams of a session; each asks once."""
        return MacKey(session_use(self._key(key_id), "stream"))

    def _made(self, key_id: str) -> MacKey:
        return MacKey(session_use(self._key(key_id), "answer"))

    def _key(self, key_id: str) -> bytes:
        version = urlsafe_b64decode(key_id[:_FIRST_LETTERS])[0]
        return session_key(self._masters.key(version), self._masters.bridge_id, key_id)
