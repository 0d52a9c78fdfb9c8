"""The device's side of pairing: ask, wait, get the key; on both databases."""

import hashlib
import hmac
import re
from base64 import b64decode
from ipaddress import ip_network

import pytest
from sqlalchemy import func, select, update

from backend.db.now import now_milliseconds
from backend.db.unit import Transaction
from bridge.gate.devices import service as devices
from bridge.gate.devices.models import DeviceRow
from bridge.gate.pairing import asking, store
from bridge.gate.pairing.models import PairingRow
from bridge.gate.pairing.sweeping import sweeping
from tests.integration.gate.pairing.conftest import LAPTOP, GateHouse, deny, let_in, look_up
from tests.integration.web.waiting import until
from tests.ledger.people import SCHOOL


def told(answer: object) -> tuple[int, str | None]:
    return answer.status, answer.code  # type: ignore[attr-defined]


async def pairings(house: GateHouse) -> int:
    async def unit(tx: Transaction) -> int:
        return int((await tx.execute(select(func.count()).select_from(PairingRow))).scalar_one())

    return await house.database.read(unit)


def digits_of(device_key: bytes) -> str:
    """The six digits as the text of the protocol has them, without a line of ours."""
    check = hmac.digest(device_key, b"tbx1 check\x01", "sha256")
    return f"{int.from_bytes(hmac.digest(check, b'six digits', 'sha256')[:4], 'big') % 1_000_000:06d}"


async def test_a_device_gets_its_key_and_shows_what_the_person_was_shown(house: GateHouse) -> None:
    asked = await house.pair()
    assert re.fullmatch(r"[\w-]{43}", asked["device_code"])
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", asked["user_code"])
    assert (5, 600) == (asked["interval_seconds"], asked["expires_in_seconds"])
    waiting = await house.redeem(asked)
    assert (202, {"state": "pending", "interval_seconds": 5}) == (waiting.status, waiting.json)

    approved = await let_in(await house.author(), asked, ("sync", "publish"))
    paired = await house.redeem(asked)

    key = b64decode(paired.json["device_key"])
    assert (200, 32) == (paired.status, len(key))
    assert approved["digits"] == digits_of(key)
    assert {
        "state": "paired",
        "device_id": approved["device"]["id"],
        "tenant_id": SCHOOL,
        "project_id": None,
        "scopes": ["sync", "publish"],
        "bridge_id": asked["bridge_id"],
    } == {name: value for name, value in paired.json.items() if name not in {"device_key", "bridge_public_key"}}
    assert 32 == len(b64decode(paired.json["bridge_public_key"]))
    assert house.gate.masters.bridge_id.hex() == asked["bridge_id"]


async def test_two_devices_have_two_keys(house: GateHouse) -> None:
    author = await house.author()
    keys = []
    for _ in range(2):
        asked = await house.pair()
        await let_in(author, asked)
        keys.append((await house.redeem(asked)).json["device_key"])

    assert keys[0] != keys[1]


async def test_a_lost_answer_is_sent_again_until_the_device_has_signed_something(house: GateHouse) -> None:
    asked = await house.pair()
    device_id = (await let_in(await house.author(), asked))["device"]["id"]
    first, again = await house.redeem(asked), await house.redeem(asked)
    assert 200 == first.status
    assert first.text == again.text

    await house.database.write(lambda tx: devices.used(tx, SCHOOL, [device_id]), tenant=SCHOOL)

    assert (410, "pairing_expired") == told(await house.redeem(asked))


async def test_who_asks_too_soon_is_slowed_down_by_five_seconds_each_time(house: GateHouse) -> None:
    asked = await house.pair()
    assert 202 == (await house.redeem(asked)).status
    for seconds in (10, 15):
        early = await house.redeem(asked)
        assert (429, "slow_down", str(seconds)) == (*told(early), early.headers["Retry-After"])
    now = await house.database.read(now_milliseconds)
    await house.set_pairings(asked_for_at=now - 14_000)
    assert (429, "20") == ((early := await house.redeem(asked)).status, early.headers["Retry-After"])
    now = await house.database.read(now_milliseconds)
    await house.set_pairings(asked_for_at=now - 20_000)

    patient = await house.redeem(asked)

    assert (202, 20) == (patient.status, patient.json["interval_seconds"])


async def test_who_was_refused_is_told(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    found = await look_up(author, asked["user_code"])
    assert [204, 204] == [(await deny(author, found.json["id"])).status for _ in range(2)]

    assert [(403, "pairing_denied")] * 2 == [told(await house.redeem(asked)) for _ in range(2)]


async def test_who_is_let_in_at_the_last_moment_is_told(house: GateHouse) -> None:
    asked, author = await house.pair(), await house.author()
    now = await house.database.read(now_milliseconds)
    await house.set_pairings(ends_at=now + 5_000)
    await let_in(author, asked)

    async def left(tx: Transaction) -> int:
        ends_at: int = (await tx.execute(select(PairingRow.ends_at))).scalar_one()
        return ends_at - now

    assert 120_000 <= await house.database.read(left)


async def test_a_code_that_is_over_is_answered_as_one_that_never_was(house: GateHouse) -> None:
    asked = await house.pair()
    now = await house.database.read(now_milliseconds)
    await house.set_pairings(ends_at=now)

    over = await house.redeem(asked)
    others = [await house.redeem({"device_code": code}) for code in ("A" * 43, "", "é" * 9, asked["device_code"][:-1])]

    assert (410, "pairing_expired") == told(over)
    assert {(410, over.json["detail"])} == {(each.status, each.json["detail"]) for each in others}


async def test_a_code_that_is_over_writes_nothing(house: GateHouse) -> None:
    asked = await house.pair()
    now = await house.database.read(now_milliseconds)
    await house.set_pairings(ends_at=now)
    assert 410 == (await house.redeem(asked)).status

    async def asked_for(tx: Transaction) -> int | None:
        found: int | None = (await tx.execute(select(PairingRow.asked_for_at))).scalar_one()
        return found

    assert await house.database.read(asked_for) is None


@pytest.mark.parametrize("end", ["revoked", "unused"])
async def test_a_device_that_has_ended_gets_no_key(house: GateHouse, end: str) -> None:
    asked = await house.pair()
    await let_in(await house.author(), asked)
    ended = {"revoked_at": 1} if end == "revoked" else {"approved_at": 1}

    async def unit(tx: Transaction) -> None:
        await tx.execute(update(DeviceRow).where(DeviceRow.tenant_id == SCHOOL).values(**ended))

    await house.database.write(unit, tenant=SCHOOL)

    assert (410, "pairing_expired") == told(await house.redeem(asked))


async def test_what_is_over_is_swept_and_what_is_not_stays(house: GateHouse) -> None:
    await house.pair()
    await house.set_pairings(ends_at=1)
    left = await house.pair()

    async with sweeping(house.database, every_seconds=0.02):
        await until(lambda: one_is_left(house))

    assert 202 == (await house.redeem(left)).status


async def test_a_sweep_that_ends_in_a_mistake_is_followed_by_the_next(
    house: GateHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await house.pair()
    await house.set_pairings(ends_at=1)
    await house.pair()
    has_ended, asked = store.has_ended, []

    async def mistaken(tx: Transaction) -> bool:
        asked.append(tx)
        if len(asked) == 1:
            raise ValueError("a mistake")
        return await has_ended(tx)

    monkeypatch.setattr(store, "has_ended", mistaken)
    async with sweeping(house.database, every_seconds=0.02):
        await until(lambda: one_is_left(house))

    assert 1 == caplog.messages.count("pairings that are over could not be taken away")


async def one_is_left(house: GateHouse) -> bool:
    return await pairings(house) == 1


@pytest.mark.parametrize("limit", ["MOST_PENDING", "MOST_PENDING_OF_NETWORK"])
async def test_so_many_wait_and_no_more(house: GateHouse, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(asking, limit, 2)
    first = await house.pair()
    await house.pair()
    full = await house.post("/v1/pair", LAPTOP)
    assert (429, "too_many_requests", "60") == (*told(full), full.headers["Retry-After"])

    # Who was decided about waits no more.
    author = await house.author()
    await let_in(author, first)
    assert 201 == (await house.post("/v1/pair", LAPTOP)).status
    await house.set_pairings(ends_at=1)
    assert 201 == (await house.post("/v1/pair", LAPTOP)).status


async def test_another_network_has_room_of_its_own(house: GateHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_PENDING_OF_NETWORK", 1)
    await house.pair()
    await house.set_pairings(network="192.0.2.0/24")

    assert 201 == (await house.post("/v1/pair", LAPTOP)).status


async def test_the_network_is_kept_and_not_the_address(house: GateHouse) -> None:
    asked = await house.pair()

    shown = (await look_up(await house.author(), asked["user_code"])).json["network"]

    assert ip_network("127.0.0.0/24") == ip_network(shown)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "game"},
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\nb"},
        {"name": "a\u202eb"},
        {"version": "1\x1b[2J"},
        {"version": ""},
        {"place_id": 0},
        {"place_id": 2**53},
        {"universe_id": "9801"},
        {"more": 1},
    ],
)
async def test_what_is_no_request_to_be_paired_is_refused(house: GateHouse, wrong: dict[str, object]) -> None:
    refused = await house.post("/v1/pair", {**LAPTOP, **wrong})

    assert (400, "invalid_request") == told(refused)
    assert 0 == await pairings(house)


async def test_a_page_of_another_origin_cannot_ask(house: GateHouse) -> None:
    async with house.client.post("/v1/pair", json=LAPTOP, headers={"Origin": "https://evil.example"}) as answer:
        assert 403 == answer.status
    assert 0 == await pairings(house)


async def test_what_is_kept_of_the_codes_are_digests(house: GateHouse) -> None:
    asked = await house.pair()

    async def unit(tx: Transaction) -> tuple[bytes, bytes]:
        found = (await tx.execute(select(PairingRow.device_digest, PairingRow.user_digest))).one()
        return found.device_digest, found.user_digest

    device_digest, user_digest = await house.database.read(unit)
    code = asked["user_code"].replace("-", "")
    # Whoever has the table alone cannot try the user codes out.
    plain = {hashlib.sha256(text.encode()).digest() for text in (code, f"pairing user code {code}")}
    assert user_digest not in plain
    assert device_digest == hashlib.sha256(b"tbx1 device code\n" + asked["device_code"].encode()).digest()
