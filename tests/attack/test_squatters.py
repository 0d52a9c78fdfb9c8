"""A program of the same machine that took the port before the bridge did, at each moment at which it might.

Plain http has no certificate. What stands in its place: six digits at the pairing, a proof at each opening, a proof
of each answer, all with keys that never went over the wire since.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.teller import Teller
from backend.db.unit import Transaction
from bridge.client import (
    Asked,
    ClientError,
    Device,
    DeviceFile,
    DigitsDiffer,
    NoAnswer,
    NotKnown,
    Revoked,
    open_device,
    pair,
)
from bridge.client.address import BridgeAddress
from bridge.gate.lifecycle import GATE
from bridge.gate.principal import Scope
from bridge.keys import DATABASE
from tests.attack.house import OPERATOR, AttackedHouse
from tests.fakes.stand_in_bridge import StandInBridge
from tests.gate import device as devices
from tests.gate.device import in_header, post
from tests.ledger.people import SCHOOL

LAPTOP = {"kind": "daemon", "name": "Ada's laptop", "version": "0.1.0"}
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@pytest.fixture(autouse=True)
def _quick_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.waits.FIRST_LIMIT_SECONDS", 0.02)
    monkeypatch.setattr("bridge.client.waits.LAST_LIMIT_SECONDS", 0.05)


@asynccontextmanager
async def squatting(handler: Handler) -> AsyncIterator[str]:
    """Answer everything at a port of its own with what `handler` makes."""
    runner = web.ServerRunner(web.Server(handler, access_log=None))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def kept(house: AttackedHouse, device: devices.Device, url: str, path: Path) -> Path:
    """Write the file of a device that was paired with our bridge, as if that were at `url`."""
    masters = house.gate.masters
    DeviceFile(path).write(
        Device(
            bridge=BridgeAddress.parse(url),
            device_id=device.id,
            key=device.key,
            tenant_id=SCHOOL,
            project_id=None,
            scopes=("sync",),
            bridge_id=masters.bridge_id.hex(),
            bridge_public_key=masters.public_key(masters.newest()),
        )
    )
    return path


async def refused(file: Path) -> ClientError:
    """Return with what a client gives up that has believed nothing."""
    before = DeviceFile(file).read()
    async with open_device(file) as client:
        with pytest.raises(ClientError) as failed:
            await client.request("POST", "/v1/tickets", json={"method": "GET", "path": "/v1/a"}, timeout_seconds=0.4)
    # It keeps its key and everything else as it was.
    assert before == DeviceFile(file).read()
    return failed.value


async def test_the_six_digits_tell_a_squatter_before_anything_is_applied(house: AttackedHouse) -> None:
    """It asks the bridge in its own name, shows the person the bridge's code, and hands the device a key of its own."""
    own = StandInBridge()
    asked_for: dict[str, str] = {}

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/v1/pair":
            asked_for.update((await post(house.bridge.client, "/v1/pair", LAPTOP)).json)
            # The code of the true bridge, so that its person finds and approves something.
            return web.json_response(dict[str, object](asked_for) | {"interval_seconds": 1}, status=201)
        device_id, key = own.add_device()
        told: dict[str, object] = {"state": "paired", "device_id": device_id, "device_key": b64encode(key).decode()}
        told |= {"tenant_id": SCHOOL, "project_id": None, "scopes": ["sync"], "bridge_id": asked_for["bridge_id"]}
        return web.json_response(told | {"bridge_public_key": b64encode(own.public_key).decode()})

    shown: list[Asked] = []
    async with squatting(answer) as url:
        paired = await pair(url, kind="daemon", name="Ada's laptop", version="0.1.0", show=shown.append)
    digits = await approved(house, shown[0].user_code)
    house.secrets.update({asked_for["device_code"], asked_for["user_code"]})

    with pytest.raises(DigitsDiffer, match="another program answers here"):
        paired.confirm(digits)


async def approved(house: AttackedHouse, user_code: str) -> str:
    """Let in what asked under this code, as somebody at the machine does, and return what they are shown."""
    approvals, by = house.app[GATE].approvals, Teller(house.app[AUDIT], OPERATOR)

    async def unit(tx: Transaction) -> str:
        found = await approvals.at_the_machine(tx, SCHOOL, user_code)
        return (await approvals.approve(tx, by, SCHOOL, found.id, (Scope.SYNC,))).digits

    return await house.app[DATABASE].write(unit, tenant=SCHOOL)


async def made_up(request: web.BaseRequest) -> web.StreamResponse:
    """Know the protocol and no key."""
    if request.path == "/v1/challenge":
        return web.json_response({"challenge": b64encode(bytes(40)).decode(), "expires_in_seconds": 60})
    proofs = {"Grant-Proof": in_header(bytes(32)), "Grant-Signature": in_header(bytes(64))}
    return web.json_response({"key_id": f"{'A' * 26}.{'0' * 16}"}, status=201, headers=proofs)


def saying(status: int, code: str, **headers: str) -> Handler:
    """Answer every opening with the same refusal, which nothing proves."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/v1/challenge":
            return await made_up(request)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"code": code}, status=status, headers=named, content_type="application/problem+json")

    return answer


@pytest.mark.parametrize(
    "handler",
    [
        made_up,
        saying(403, "revoked"),
        saying(403, "revoked", Grant_Proof=in_header(bytes(32))),
        saying(401, "stale", Tbx_Time_Milliseconds="4102444800000"),
        saying(401, "not_proven"),
        saying(503, "unavailable", Retry_After="86400"),
        saying(426, "too_old"),
    ],
)
async def test_who_has_no_key_is_believed_nothing(house: AttackedHouse, tmp_path: Path, handler: Handler) -> None:
    device = await house.device()
    async with squatting(handler) as url:
        failure = await refused(kept(house, device, url, tmp_path / "device.json"))

    # Neither its word that the device was revoked, nor its time, nor how long to wait.
    assert not isinstance(failure, Revoked)


async def test_who_passes_on_gets_no_session_as_the_name_of_the_bridge_is_proven(
    house: AttackedHouse, tmp_path: Path
) -> None:
    passed: list[tuple[str, int]] = []

    async def pass_on(request: web.BaseRequest) -> web.StreamResponse:
        headers = {name: request.headers[name] for name in ("Content-Type", "Session-Proof") if name in request.headers}
        body = await request.read()
        # Under the name that the bridge has: under another one it is not answered at all.
        async with house.bridge.client.post(request.path, data=body, headers=headers) as response:
            passed.append((request.path, response.status))
            return web.Response(
                status=response.status, body=await response.read(), headers={"Content-Type": "application/json"}
            )

    device = await house.device()
    before = house.rows()
    async with squatting(pass_on) as url:
        failure = await refused(kept(house, device, url, tmp_path / "device.json"))

    assert {("/v1/challenge", 200), ("/v1/session", 401)} == set(passed)
    assert isinstance(failure, (NotKnown, NoAnswer))
    assert before == house.rows()


async def test_a_grant_that_was_recorded_is_believed_by_nobody_again(house: AttackedHouse, tmp_path: Path) -> None:
    device = await house.device()
    recorded = await device.open()
    assert device.believes(recorded)
    house.opened(recorded)
    openings = 0

    async def replay(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal openings
        if request.path == "/v1/challenge":
            told = {"challenge": b64encode(recorded.challenge).decode(), "expires_in_seconds": 60}
            return web.json_response(told)
        openings += 1
        answer = recorded.answer
        headers = {name: answer.headers[name] for name in ("Content-Type", "Grant-Proof", "Grant-Signature")}
        return web.Response(status=answer.status, body=answer.body, headers=headers)

    before = house.rows()
    async with squatting(replay) as url:
        failure = await refused(kept(house, device, url, tmp_path / "device.json"))

    # The client made another N, so it is the grant of another opening.
    assert openings
    assert isinstance(failure, NoAnswer)
    assert "did not show that it is the bridge" in str(failure)
    assert before == house.rows()
