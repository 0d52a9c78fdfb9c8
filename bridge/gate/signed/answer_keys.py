"""The keys that answers are proven with: each derived from its session's key, and remembered."""

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

    def _made(self, key_id: str) -> MacKey:
        version = urlsafe_b64decode(key_id[:_FIRST_LETTERS])[0]
        key = session_key(self._masters.key(version), self._masters.bridge_id, key_id)
        return MacKey(session_use(key, "answer"))
