"""A client that waits in a greenlet: it shares every byte that it signs and proves with bridge.client.

It sends once and tells what came, because a load test wants to see what is refused; bridge.client would send again.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from bridge.client.address import BridgeAddress
from bridge.client.answers import Answer
from bridge.client.clock import BridgeClock
from bridge.client.device import Device
from bridge.client.fields import Fields
from bridge.client.grants import Grant, parse_grant
from bridge.client.keys import KEY_BYTES
from bridge.client.openers import GAME_PATH
from bridge.client.opening import CREATED, Opening, Whereabouts, json_request, new_n
from bridge.client.problem import Problem
from bridge.client.session import Session
from bridge.client.signing import READING_METHODS, Request, SignedHead

_HERE: Final = Whereabouts("0.1.0")
_OK: Final = 200
_REFUSED_FROM: Final = 400

# Sends a request with these headers under a name for the table, and returns what came.
Send: TypeAlias = Callable[[Request, dict[str, str], str], Answer]


class NotOpened(Exception):
    """No session could be opened."""


class Opens(Protocol):
    def __call__(self, send: Send) -> Grant: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one sending: the code of a refusal, `not_proven_answer` for an answer without its proof."""

    code: str | None
    answer: Answer


class SigningClient:
    def __init__(self, opens: Opens, address: BridgeAddress, send: Send) -> None:
        self._opens = opens
        self._address = address
        self._send = send
        self._session: Session | None = None

    def session(self) -> Session:
        if self._session is None or self._session.wants_renewal or self._session.is_over:
            grant = self._opens(self._send)
            # Its proof is checked wherever one comes; over a proxy that ends TLS none does.
            self._session = Session(grant, self._address.authority, BridgeClock(), is_tls=False)
        return self._session

    def forget(self) -> None:
        self._session = None

    def request(self, method: str, target: str, body: bytes, name: str, *, by_proxy: bool = False) -> Told:
        """Send one request with a number and a key of its own."""
        request = new_request(method, target, body)
        session = self.session()
        head = session.sign(request)
        return self._told(session, request, head, name, by_proxy=by_proxy)

    def _told(self, session: Session, request: Request, head: SignedHead, name: str, *, by_proxy: bool) -> Told:
        headers = head.headers | ({"X-Forwarded-Proto": "https"} if by_proxy else {})
        answer = self._send(request, headers, name)
        is_proven = by_proxy or session.is_proven(answer, head)
        if answer.status == 0 or answer.status >= _REFUSED_FROM:
            return Told(Problem.of(answer).code, answer)
        return Told(None if is_proven else "not_proven_answer", answer)


def new_request(method: str, target: str, body: bytes) -> Request:
    key = None if method in READING_METHODS else str(uuid.uuid4())
    return Request(method, target, body, "application/json" if body else None, key)


def opens_as_device(device: Device) -> Opens:
    def opened(send: Send) -> Grant:
        opening = Opening(device, _HERE)
        challenge = send(opening.challenge_request(), {}, "challenge")
        if challenge.status != _OK:
            raise NotOpened(Problem.of(challenge).code)
        request, headers = opening.session_request(challenge)
        answer = send(request, headers, "open session")
        if answer.status != CREATED or not opening.is_proven(answer):
            raise NotOpened(Problem.of(answer).code)
        return opening.granted(answer).grant

    return opened


def opens_as_game_server(game_key: str, universe_id: int, place_id: int) -> Opens:
    """As behind a proxy that ends TLS, which stands on the same machine as the bridge."""

    def opened(send: Send) -> Grant:
        said: dict[str, object] = {"n": new_n(), "universe_id": universe_id, "place_id": place_id, "version": "0.1.0"}
        request = json_request(GAME_PATH, said)
        headers = {"Authorization": f"Bearer {game_key}", "X-Forwarded-Proto": "https"}
        answer = send(request, headers, "open game session")
        if answer.status != CREATED:
            raise NotOpened(Problem.of(answer).code)
        told = Fields.read(answer.body)
        return parse_grant(told, told.data("key", length=KEY_BYTES))

    return opened
