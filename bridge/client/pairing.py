"""Pairing a device: asking, waiting for a person's word, and comparing the six digits."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from bridge.client.address import BridgeAddress
from bridge.client.advice import is_of_a_proxy
from bridge.client.answers import Answer
from bridge.client.device import Device
from bridge.client.errors import DigitsDiffer, NoAnswer, PairingExpired, Refused
from bridge.client.fields import Fields, FieldWrong
from bridge.client.grants import PUBLIC_KEY_BYTES, wrong
from bridge.client.keys import KEY_BYTES, DeviceKeys
from bridge.client.opening import json_request
from bridge.client.problem import Problem
from bridge.client.transport import Lost, Transport
from bridge.client.waits import MOST_UNPROVEN_SECONDS, Waits

PAIR_PATH: Final = "/v1/pair"
REDEEM_PATH: Final = "/v1/pair/redeem"
SLOWER_BY_SECONDS: Final = 5
SENDING_SECONDS: Final = 10.0
_OK, _CREATED, _ACCEPTED, _LIMITED, _UNAVAILABLE = 200, 201, 202, 429, 503

Kind = Literal["studio", "daemon"]
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the bridge said to the question; the device code stays in here."""

    user_code: str
    expires_in_seconds: int
    interval_seconds: int
    bridge_id: str
    device_code: str = field(repr=False)


class Paired:
    """A person approved it. Whether that was at the right bridge is known once the digits are compared."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def confirm(self, typed: str) -> Device:
        """Return the device if these are the six digits that the approving side shows, and DigitsDiffer if not."""
        if not DeviceKeys(self._device.key).digits_are_right(typed):
            raise DigitsDiffer(
                "These are not the six digits of this pairing. Compare them with the page or the command that approved "
                "it; if they are right there, another program answers here."
            )
        return self._device


async def pair(
    url: str,
    *,
    kind: Kind,
    name: str,
    version: str,
    show: Callable[[Asked], None],
    place_id: int | None = None,
    universe_id: int | None = None,
    tls: ssl.SSLContext | None = None,
    sleep: Sleep = asyncio.sleep,
) -> Paired:
    """Ask to be paired, `show` the user code, and wait until a person has approved it.

    PairingDenied and PairingExpired say how else it ended. `sleep` waits the seconds between two questions.
    """
    address = BridgeAddress.parse(url)
    said: dict[str, object] = {"kind": kind, "name": name, "version": version}
    said |= {key: value for key, value in (("place_id", place_id), ("universe_id", universe_id)) if value is not None}
    async with Transport(address, tls=tls) as transport:
        asked = await _ask(transport, said, is_tls=address.is_tls)
        show(asked)
        return Paired(_device(address, asked, await _redeemed(transport, asked, sleep, is_tls=address.is_tls)))


async def _ask(transport: Transport, said: dict[str, object], *, is_tls: bool) -> Asked:
    """Ask once: a second question would make a second code, and a person sees which one is shown."""
    try:
        answer = await transport.send(json_request(PAIR_PATH, said), {}, seconds=SENDING_SECONDS)
    except Lost as lost:
        raise NoAnswer(f"The bridge does not answer: {lost}.") from None
    if answer.status != _CREATED:
        raise _refusal(Problem.of(answer), is_tls=is_tls)
    try:
        told = Fields.read(answer.body)
        return Asked(
            user_code=told.text("user_code"),
            expires_in_seconds=told.number("expires_in_seconds", least=1),
            interval_seconds=told.number("interval_seconds", least=1),
            bridge_id=told.text("bridge_id"),
            device_code=told.text("device_code"),
        )
    except FieldWrong as error:
        raise wrong(error) from None


async def _redeemed(transport: Transport, asked: Asked, sleep: Sleep, *, is_tls: bool) -> Answer:
    """Ask for what became of it until a person has spoken; a lost answer is asked for again."""
    interval: float = asked.interval_seconds
    ends_at = time.monotonic() + asked.expires_in_seconds
    request = json_request(REDEEM_PATH, {"device_code": asked.device_code})
    waits = Waits()
    pause = interval
    while time.monotonic() + pause < ends_at:
        await sleep(pause)
        try:
            answer = await transport.send(request, {}, seconds=SENDING_SECONDS)
        except Lost:
            pause = waits.next_seconds(at_least=interval)
            continue
        if answer.status == _OK:
            return answer
        problem = Problem.of(answer)
        wanted = float(answer.retry_after_seconds or 0)
        if not is_tls:
            wanted = min(wanted, MOST_UNPROVEN_SECONDS)
        if answer.status == _LIMITED:
            if problem.code == "slow_down":
                interval += SLOWER_BY_SECONDS
            pause = max(interval, wanted)
        elif answer.status == _UNAVAILABLE or is_of_a_proxy(answer.status):
            pause = waits.next_seconds(at_least=max(interval, wanted))
        elif answer.status == _ACCEPTED:
            interval = max(interval, _interval(answer))
            pause = interval
        else:
            raise _refusal(problem, is_tls=is_tls)
    raise PairingExpired("Nobody approved it in time; begin anew.", code="pairing_expired", status=410)


def _refusal(problem: Problem, *, is_tls: bool) -> Refused:
    """Nothing is proven before the digits are compared, but over TLS the certificate says whose words these are."""
    return problem.error() if is_tls else problem.unproven_error()


def _interval(answer: Answer) -> int:
    try:
        return Fields.read(answer.body).number("interval_seconds", least=1)
    except FieldWrong as error:
        raise wrong(error) from None


def _device(address: BridgeAddress, asked: Asked, answer: Answer) -> Device:
    try:
        told = Fields.read(answer.body)
        told.same("state", "paired")
        told.same("bridge_id", asked.bridge_id)
        return Device(
            bridge=address,
            device_id=told.text("device_id"),
            key=told.data("device_key", length=KEY_BYTES),
            tenant_id=told.text("tenant_id"),
            project_id=told.text_or_none("project_id"),
            scopes=told.texts("scopes"),
            bridge_id=asked.bridge_id,
            bridge_public_key=told.data("bridge_public_key", length=PUBLIC_KEY_BYTES),
        )
    except FieldWrong as error:
        raise wrong(error) from None
