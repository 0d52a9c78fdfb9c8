"""Does one thing at a bridge, once, whatever is lost on the way."""

import asyncio
import json as json_module
import logging
import re
import ssl
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bridge.client.address import BridgeAddress
from bridge.client.advice import Advice, Step, advise, is_of_a_proxy, problem_of
from bridge.client.answers import Answer, JsonValue
from bridge.client.clock import BridgeClock
from bridge.client.device_file import DeviceFile
from bridge.client.errors import ClientError, NoAnswer, Revoked, TooLarge
from bridge.client.openers import DeviceOpener, GameKey, GameOpener, Opener
from bridge.client.opening import SESSION_PATH, Whereabouts
from bridge.client.problem import Problem
from bridge.client.session import Session
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import READING_METHODS, Request
from bridge.client.transport import MOST_CONNECTIONS, Lost, Transport
from bridge.client.waits import Waits

REQUEST_SECONDS: Final = 30.0
# One sending; a bridge that hangs is asked again on another connection.
SENDING_SECONDS: Final = 10.0
GOODBYE_SECONDS: Final = 2.0
_JSON_TYPE: Final = "application/json"
# No HEAD: an answer without a body has no code to act on.
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
# What a request line takes; of a fragment nothing would be sent.
_TARGET: Final = re.compile(r"/[!-\"$-~]*")
_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9_.:+/=-]{16,128}")
# What is tried a second time and not a third.
_ONCE: Final = frozenset({Step.AGAIN, Step.ENDED})
_AT_ONCE: Final = frozenset({Step.NEW_SESSION, Step.ENDED, Step.LEARN_TIME, Step.JUMP, Step.AGAIN})
_log: Final = logging.getLogger(__name__)


class Client:
    """Made by `open_device` or `open_game`; of one event loop."""

    def __init__(self, transport: Transport, opener: Opener, address: BridgeAddress, clock: BridgeClock) -> None:
        self._transport = transport
        self._clock = clock
        self._keeper = SessionKeeper(opener, address.authority, clock, is_tls=address.is_tls)
        # Numbers stay near each other, because nothing waits for a connection once it has one.
        self._under_way = asyncio.Semaphore(MOST_CONNECTIONS)

    @property
    def machine_differs_by_seconds(self) -> float:
        """How far the date of this machine is ahead of the bridge's; 0 until a session is open."""
        return self._clock.machine_differs_by_seconds

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        body: bytes = b"",
        content_type: str | None = None,
        idempotency_key: str | None = None,
        timeout_seconds: float = REQUEST_SECONDS,
        sending_seconds: float = SENDING_SECONDS,
    ) -> Answer:
        """Do one thing and return what the bridge answered, proven; a refusal is raised as Refused.

        `path` has its query with it, both as they stand in a request line. The key is made up where none is given; give
        one to do the same thing in another process or after a restart.
        """
        request = _request(
            method, path, json=json, body=body, content_type=content_type, idempotency_key=idempotency_key
        )
        doing = _Doing(self._transport, self._keeper, request, sending_seconds)
        try:
            async with asyncio.timeout(timeout_seconds) as limit, self._under_way:
                return await doing.until_answered(limit)
        except TimeoutError:
            raise doing.failure(timeout_seconds) from None

    async def close(self) -> None:
        """End the session at the bridge too, so that it does not count among those that are open."""
        await self._keeper.close()
        session = self._keeper.current
        if session is None or session.is_over:
            return
        self._keeper.retire(session)
        request = _request("DELETE", SESSION_PATH)
        try:
            await self._transport.send(request, session.sign(request).headers, seconds=GOODBYE_SECONDS)
        except Lost as lost:
            _log.debug("the session was left to end by itself: %s", lost)


class _Doing:
    """One request on its way, over as many sendings as it takes."""

    def __init__(self, transport: Transport, keeper: SessionKeeper, request: Request, sending_seconds: float) -> None:
        self._transport = transport
        self._keeper = keeper
        self._request = request
        self._sending_seconds = sending_seconds
        self._waits = Waits()
        self._taken: set[Step] = set()
        self._last: ClientError | None = None

    def failure(self, seconds: float) -> ClientError:
        """Return why it was not answered in its time."""
        return self._last or self._keeper.last_failure or NoAnswer(f"Nothing was answered in {seconds:.0f} seconds.")

    async def until_answered(self, limit: asyncio.Timeout) -> Answer:
        while True:
            session = await self._keeper.session()
            _check_length(self._request, session)
            await self._keeper.turn()
            if session.is_over:
                continue
            head = session.sign(self._request)
            try:
                answer = await self._transport.send(self._request, head.headers, seconds=self._sending_seconds)
            except Lost as lost:
                self._last = NoAnswer(f"The bridge does not answer: {lost}.")
                await self._pause(0.0, limit)
                continue
            problem = problem_of(answer)
            is_proven = session.is_proven(answer, head)
            advice = advise(answer, problem, is_proven=is_proven)
            if advice.step is Step.DONE:
                return answer
            self._last = failure = _told(answer, problem, is_proven=is_proven)
            if advice.step is Step.STOP or (advice.step in _ONCE and advice.step in self._taken):
                if isinstance(failure, Revoked):
                    self._keeper.withdraw(failure)
                raise failure
            if advice.step is Step.ENDED:
                # It stops nobody; an opening tells whether the device was meant, if there is time for one.
                self._last = NoAnswer("The session was ended, and no other one was opened in time.")
            await self._follow(advice, answer, problem, session, limit)

    async def _follow(
        self, advice: Advice, answer: Answer, problem: Problem | None, session: Session, limit: asyncio.Timeout
    ) -> None:
        """Prepare the next sending."""
        step = advice.step
        if step in {Step.NEW_SESSION, Step.ENDED}:
            self._keeper.retire(session)
        elif step is Step.LEARN_TIME and answer.time_milliseconds is not None:
            self._keeper.learn_time(answer.time_milliseconds)
        elif step is Step.JUMP and problem is not None and problem.next_number is not None:
            session.jump_to(problem.next_number)
        # What helps is done at once; where it did not help, the next time waits like all else.
        at_once = step in _AT_ONCE and step not in self._taken
        self._taken.add(step)
        if not at_once:
            await self._pause(advice.wait_seconds, limit)

    async def _pause(self, at_least: float, limit: asyncio.Timeout) -> None:
        seconds = self._waits.next_seconds(at_least=at_least)
        ends_at = limit.when()
        if self._last is not None and ends_at is not None and asyncio.get_running_loop().time() + at_least >= ends_at:
            # The time is over before the bridge would listen again; so whoever waits is told now.
            raise self._last
        await asyncio.sleep(seconds)


@asynccontextmanager
async def open_device(
    file: Path,
    *,
    whereabouts: Whereabouts | None = None,
    tls: ssl.SSLContext | None = None,
    clock: BridgeClock | None = None,
) -> AsyncIterator[Client]:
    """Talk to the bridge as the device that is kept in this file."""
    kept = DeviceFile(file)
    device = await asyncio.to_thread(kept.read)
    async with Transport(device.bridge, tls=tls) as transport:
        opener = DeviceOpener(transport, kept, device, whereabouts or Whereabouts(version("toolboxai")))
        client = Client(transport, opener, device.bridge, clock or BridgeClock())
        try:
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def open_game(
    url: str,
    bearer: str,
    *,
    universe_id: int,
    place_id: int,
    job: str | None = None,
    tls: ssl.SSLContext | None = None,
    clock: BridgeClock | None = None,
) -> AsyncIterator[Client]:
    """Talk to the bridge as a game server of this place, which holds this game key."""
    address = BridgeAddress.parse(url)
    here = Whereabouts(version("toolboxai"), place_id=place_id, universe_id=universe_id, job=job)
    async with Transport(address, tls=tls) as transport:
        opener = GameOpener(transport, address, GameKey(bearer), here)
        client = Client(transport, opener, address, clock or BridgeClock())
        try:
            yield client
        finally:
            await client.close()


def _request(
    method: str,
    path: str,
    *,
    json: JsonValue = None,
    body: bytes = b"",
    content_type: str | None = None,
    idempotency_key: str | None = None,
) -> Request:
    if _TARGET.fullmatch(path) is None:
        raise ValueError("A path begins with / and is written in ASCII, with percent signs for all else.")
    if method not in _METHODS:
        raise ValueError(f"A method is one of {', '.join(sorted(_METHODS))}.")
    if json is not None:
        body, content_type = json_module.dumps(json, separators=(",", ":"), allow_nan=False).encode(), _JSON_TYPE
    if method in READING_METHODS:
        return Request(method, path, body, content_type, None)
    key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        raise ValueError("An idempotency key has 16 to 128 of A-Z a-z 0-9 _ . : + / = -")
    return Request(method, path, body, content_type, key)


def _check_length(request: Request, session: Session) -> None:
    most = session.grant.body_bytes
    if len(request.body) > most:
        raise TooLarge(f"The body has {len(request.body)} bytes, and this session may send {most}.")


def _told(answer: Answer, problem: Problem | None, *, is_proven: bool) -> ClientError:
    if is_of_a_proxy(answer.status):
        return NoAnswer(f"The bridge does not answer: something before it says {answer.status}.")
    if problem is not None and is_proven:
        return problem.error()
    if problem is not None and problem.code in {"malformed", "not_proven"}:
        return problem.unproven_error()
    return NoAnswer(
        f"What answered {answer.status} did not show that it is the bridge. It may have restarted, or another "
        "program has its port."
    )
