"""An open session in memory: its keys, its numbers, and when the next one is due. Pure."""

from typing import Final

from bridge.client.answers import Answer, is_proven
from bridge.client.clock import BridgeClock
from bridge.client.errors import NotTheBridge
from bridge.client.grants import Grant
from bridge.client.keys import SessionKeys
from bridge.client.signing import Request, SignedHead, Signer
from bridge.client.waits import between

# The next session is opened when so much is left, at a moment that is drawn: clients that began together part.
RENEWED_BEFORE_SECONDS: Final = (60.0, 120.0)
# A life so short that the above would never use it is renewed within its last half.
_RENEWED_PART: Final = 0.5


class Session:
    """One thread's; numbers are given out here and never twice."""

    def __init__(self, grant: Grant, authority: str, clock: BridgeClock, *, is_tls: bool) -> None:
        if grant.expires_in_seconds <= 0:
            raise NotTheBridge("The bridge granted a session that is over already.")
        keys = SessionKeys.of(grant.key)
        self.grant = grant
        self._signer = Signer(keys.request, grant.key_id, authority)
        self._answer_key = keys.answer
        # What the bridge seals streams of this session with.
        self.stream_key = keys.stream
        self._clock = clock
        self._is_tls = is_tls
        self._number = 0
        clock.learn(grant.time_milliseconds)
        opened_at = clock.now()
        self._ends_at = opened_at + grant.expires_in_seconds
        before = min(between(*RENEWED_BEFORE_SECONDS), grant.expires_in_seconds * _RENEWED_PART)
        self._renewed_from = self._ends_at - before

    def sign(self, request: Request) -> SignedHead:
        """Sign one sending of a request, with a number of its own."""
        self._number += 1
        return self._signer.sign(request, number=self._number, created=self._clock.created())

    def is_proven(self, answer: Answer, head: SignedHead) -> bool:
        """Whether an answer may be believed; over TLS the certificate did what the proof does."""
        return self._is_tls or is_proven(answer, self._answer_key, head.signature)

    def jump_to(self, number: int) -> None:
        """Take this number next, unless higher ones were used already."""
        self._number = max(self._number, number - 1)

    @property
    def is_over(self) -> bool:
        return self._clock.now() >= self._ends_at or self._number >= self.grant.requests

    @property
    def wants_renewal(self) -> bool:
        return self._clock.now() >= self._renewed_from

    @property
    def renewed_in_seconds(self) -> float:
        """How long until the next session is due."""
        return max(0.0, self._renewed_from - self._clock.now())
