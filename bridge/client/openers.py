"""How a session is opened: one try, by a device or by a game server."""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Protocol

from bridge.client.address import BridgeAddress
from bridge.client.advice import is_of_a_proxy
from bridge.client.answers import Answer
from bridge.client.device import Device
from bridge.client.device_file import DeviceFile
from bridge.client.errors import AddressRefused
from bridge.client.fields import Fields, FieldWrong
from bridge.client.grants import Grant, check_protocol, parse_grant, wrong
from bridge.client.keys import KEY_BYTES
from bridge.client.opening import CREATED, Opened, Opening, Unproven, Whereabouts, json_request, new_n
from bridge.client.problem import Problem
from bridge.client.signing import Request
from bridge.client.transport import Transport
from bridge.client.waits import MOST_UNPROVEN_SECONDS

GAME_PATH: Final = "/v1/session/game"
SENDING_SECONDS: Final = 10.0
_OK, _UNAUTHORIZED, _CONFLICT, _LIMITED, _UNAVAILABLE = 200, 401, 409, 429, 503
# Of a refusal that was proven: what may be otherwise at the next try.
_PASSING: Final = frozenset({_UNAUTHORIZED, _CONFLICT, _LIMITED, _UNAVAILABLE})


class NotNow(Exception):
    """A try that opened nothing; another one may."""

    def __init__(self, reason: str, *, wait_seconds: float = 0.0, is_unknown: bool = False) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds
        # It said that it does not know who asks, and could not show that it is the bridge.
        self.is_unknown = is_unknown


class Opener(Protocol):
    async def open(self) -> Grant:
        """Open one session; Lost or NotNow where another try may succeed, a ClientError where none will."""
        ...


@dataclass(frozen=True, slots=True)
class GameKey:
    """A game key in clear, which hides itself."""

    bearer: str = field(repr=False)


class DeviceOpener:
    def __init__(self, transport: Transport, file: DeviceFile, device: Device, whereabouts: Whereabouts) -> None:
        self._transport = transport
        self._file = file
        self._device = device
        self._whereabouts = whereabouts

    async def open(self) -> Grant:
        device = self._device
        try:
            opened = await self._try(device)
        except NotNow as refusal:
            if not refusal.is_unknown:
                raise
            # Another process of this device may have been given the new key, and stored it.
            stored = await asyncio.to_thread(self._file.read)
            if stored.key == device.key:
                raise
            self._device = device = stored
            opened = await self._try(device)
        if opened.device != device:
            # Stored before it is used: from its first use on the bridge refuses the old key.
            await asyncio.to_thread(self._file.write, opened.device)
            self._device = opened.device
        return opened.grant

    async def _try(self, device: Device) -> Opened:
        opening = Opening(device, self._whereabouts)
        challenge = await self._send(opening.challenge_request())
        if challenge.status != _OK:
            raise _unproven(challenge)
        try:
            request, headers = opening.session_request(challenge)
        except Unproven as error:
            raise NotNow(str(error)) from None
        answer = await self._send(request, headers)
        if not opening.is_proven(answer):
            raise _unproven(answer)
        if answer.status != CREATED:
            raise _proven_refusal(answer)
        return opening.granted(answer)

    async def _send(self, request: Request, headers: dict[str, str] | None = None) -> Answer:
        return await self._transport.send(request, headers or {}, seconds=SENDING_SECONDS)


class GameOpener:
    """Over https alone: the game key itself is sent, and K comes back in clear."""

    def __init__(self, transport: Transport, address: BridgeAddress, key: GameKey, whereabouts: Whereabouts) -> None:
        if not address.is_tls:
            raise AddressRefused("A game key goes over https only; one that went over http should be made anew.")
        self._transport = transport
        self._key = key
        self._whereabouts = whereabouts

    async def open(self) -> Grant:
        request = json_request(GAME_PATH, {"n": new_n(), **self._whereabouts.told()})
        headers = {"Authorization": f"Bearer {self._key.bearer}"}
        answer = await self._transport.send(request, headers, seconds=SENDING_SECONDS)
        if answer.status != CREATED:
            # The certificate says who answers, so a key that is not known is not asked for again.
            raise Problem.of(answer).error() if answer.status == _UNAUTHORIZED else _proven_refusal(answer)
        try:
            told = Fields.read(answer.body)
            check_protocol(told)
            return parse_grant(told, told.data("key", length=KEY_BYTES))
        except FieldWrong as error:
            raise wrong(error) from None


def _proven_refusal(answer: Answer) -> Exception:
    if is_of_a_proxy(answer.status):
        return NotNow(f"something before the bridge says {answer.status}")
    problem = Problem.of(answer)
    if answer.status in _PASSING:
        return NotNow(f"{problem.code}: {problem.detail}", wait_seconds=float(answer.retry_after_seconds or 0))
    return problem.error()


def _unproven(answer: Answer) -> NotNow:
    """Whoever answered did not show that it is the bridge: at most it slows this client down."""
    problem = Problem.of(answer)
    wait = min(float(answer.retry_after_seconds or 0), MOST_UNPROVEN_SECONDS)
    limited = answer.status in {_LIMITED, _UNAVAILABLE}
    return NotNow(
        f"it answered {answer.status} and did not show that it is the bridge",
        wait_seconds=wait if limited else 0.0,
        is_unknown=problem.code == "not_proven",
    )
