"""What both peers check of a signed request (docs/protocol.md, 3), as one writes it in plain Python.

Less than the bridge does: one limit in the place of five, no record of the session, no revocation.
"""

import hashlib
import hmac
import json
import os
import re
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# Names the file with the sessions that are open: K by key id, in hex.
SESSIONS: Final = "PEER_SESSIONS"
FRESH_SECONDS: Final = 60
WINDOW: Final = 960
# No request of a benchmark is over the limit; all of them are counted.
A_SECOND: Final = 1_000_000

_FIELDS: Final = '"@method" "@authority" "@path" "@query" "content-digest" "idempotency-key"'
_INPUT: Final = re.compile(
    rf'tbx=(\({re.escape(_FIELDS)}\);created=([0-9]+);keyid="([A-Za-z0-9_.-]+)";nonce="([0-9]+)"'
    r';tag="toolboxai-bridge-1")'
)


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(slots=True)
class Session:
    key: bytes = field(repr=False)
    top: int = 0
    seen: set[int] = field(default_factory=set)
    left: float = A_SECOND
    filled_at: float = field(default_factory=time.monotonic)

    def spend(self, number: int) -> None:
        if number in self.seen or number <= self.top - WINDOW:
            raise Refused(409, "replayed")
        self.seen.add(number)
        self.top = max(self.top, number)
        if len(self.seen) > 2 * WINDOW:
            self.seen = {each for each in self.seen if each > self.top - WINDOW}

    def count(self) -> None:
        now = time.monotonic()
        self.left = min(A_SECOND, self.left + (now - self.filled_at) * A_SECOND)
        self.filled_at = now
        if self.left < 1:
            raise Refused(429, "too_many_requests")
        self.left -= 1


class Guard:
    def __init__(self, sessions: Mapping[str, bytes], *, wall: Callable[[], float] = time.time) -> None:
        self._sessions = {key_id: Session(_request_key(key)) for key_id, key in sessions.items()}
        self._wall = wall
        # Workers of threads share it.
        self._lock = threading.Lock()

    @classmethod
    def of_environment(cls) -> "Guard":
        told = json.loads(Path(os.environ[SESSIONS]).read_text(encoding="utf-8"))
        return cls({key_id: bytes.fromhex(key) for key_id, key in told.items()})

    def check(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Session:
        """Return whose request it is; Refused unless everything about it is right."""
        signed = _INPUT.fullmatch(headers.get("signature-input", ""))
        digest, idempotency_key = headers.get("content-digest", ""), headers.get("idempotency-key", "")
        if signed is None or not idempotency_key:
            raise Refused(400, "malformed")
        params, created, key_id, number = signed.groups()
        base = (
            f'"@method": {method}\n"@authority": {headers.get("host", "").lower()}\n"@path": {path}\n'
            f'"@query": ?{query}\n"content-digest": {digest}\n"idempotency-key": {idempotency_key}\n'
            f'"@signature-params": {params}'
        )
        session = self._sessions.get(key_id)
        mac = hmac.digest(session.key if session else bytes(32), base.encode(), "sha256")
        is_right = hmac.compare_digest(f"tbx=:{b64encode(mac).decode()}:", headers.get("signature", ""))
        if session is None or not is_right:
            raise Refused(401, "not_proven")
        if abs(self._wall() - int(created)) > FRESH_SECONDS:
            raise Refused(401, "stale")
        found = b64encode(hashlib.sha256(body).digest()).decode()
        if not hmac.compare_digest(f"sha-256=:{found}:", digest):
            raise Refused(400, "wrong_digest")
        with self._lock:
            session.spend(int(number))
            session.count()
        return session


def _request_key(key: bytes) -> bytes:
    return hmac.digest(key, b"tbx1 request\x01", "sha256")
