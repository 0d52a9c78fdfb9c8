"""A change that is sent twice is made once, and answered twice (both databases)."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientResponse

from backend.db.unit import Transaction, Unit
from backend.errors import DatabaseUnavailable
from bridge.keys import DATABASE
from tests.integration.web.conftest import Bridge, Start
from tests.integration.web.waiting import until
from tests.ledger import store
from tests.ledger.store import Balance

ACCOUNTS = "/api/v1/ledger/accounts"
ENTRIES = f"{ACCOUNTS}/a/entries"


def new_key() -> str:
    return str(uuid4())


class Answered:
    def __init__(self, response: ClientResponse, body: bytes, json: Any) -> None:
        self.status = response.status
        self.replayed = response.headers.get("Idempotency-Replayed")
        self.headers = response.headers
        self.body = body
        self.json = json


async def persisted(bridge: Bridge, target: str, json: object, key: str) -> Answered:
    """Send it until it is answered for good, as a client does that is told Retry-After."""
    async with asyncio.timeout(60):
        while "Retry-After" in (answered := await post(bridge, target, json, key)).headers:  # noqa: ASYNC110 - what a client does
            await asyncio.sleep(0.1)
        return answered


async def post(bridge: Bridge, target: str, json: object, key: str) -> Answered:
    async with bridge.client.post(target, json=json, headers={"Idempotency-Key": key}) as response:
        return Answered(response, await response.read(), await response.json(content_type=None))


async def held(bridge: Bridge, account: str = "a") -> Balance:
    async def unit(tx: Transaction) -> Balance:
        return await store.balance(tx, account)

    return await bridge.app[DATABASE].read(unit)


@pytest.fixture
async def opened(ledger: Bridge) -> Bridge:
    """A bridge with the account `a`."""
    assert 201 == (await post(ledger, ACCOUNTS, {"name": "a"}, new_key())).status
    return ledger


async def test_a_repeat_gets_the_same_bytes_and_changes_nothing(opened: Bridge) -> None:
    key = new_key()
    first = await post(opened, ENTRIES, {"amount": 5}, key)
    again = await post(opened, ENTRIES, {"amount": 5}, key)

    assert (201, None) == (first.status, first.replayed)
    assert (201, "true") == (again.status, again.replayed)
    assert first.body == again.body
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]
    assert Balance(5, 1) == await held(opened)


async def test_a_repeat_gets_the_headers_of_the_first(ledger: Bridge) -> None:
    key = new_key()
    await post(ledger, ACCOUNTS, {"name": "a"}, key)

    assert f"{ACCOUNTS}/a" == (await post(ledger, ACCOUNTS, {"name": "a"}, key)).headers["Location"]


async def test_a_new_key_is_a_new_change(opened: Bridge) -> None:
    for _ in range(2):
        assert 201 == (await post(opened, ENTRIES, {"amount": 5}, new_key())).status

    assert Balance(10, 2) == await held(opened)


async def test_another_payload_under_the_same_key_is_refused(opened: Bridge) -> None:
    key = new_key()
    await post(opened, ENTRIES, {"amount": 5}, key)

    refused = await post(opened, ENTRIES, {"amount": 6}, key)

    assert (422, "idempotency_key_reused") == (refused.status, refused.json["code"])
    assert Balance(5, 1) == await held(opened)


async def test_a_key_belongs_to_its_address(opened: Bridge) -> None:
    await post(opened, ACCOUNTS, {"name": "b"}, new_key())
    key = new_key()

    assert 201 == (await post(opened, ENTRIES, {"amount": 5}, key)).status
    other = await post(opened, f"{ACCOUNTS}/b/entries", {"amount": 5}, key)

    assert (201, None) == (other.status, other.replayed)
    assert Balance(5, 1) == await held(opened, "b")


async def test_many_at_once_with_one_key_make_one_change_and_get_one_answer(opened: Bridge) -> None:
    key = new_key()
    answers = await asyncio.gather(*(persisted(opened, ENTRIES, {"amount": 5}, key) for _ in range(20)))

    assert {201} == {answer.status for answer in answers}
    assert 1 == len({answer.body for answer in answers})
    assert 1 == sum(answer.replayed is None for answer in answers)
    assert Balance(5, 1) == await held(opened)


async def test_many_at_once_with_their_own_keys_are_all_made(opened: Bridge) -> None:
    answers = await asyncio.gather(*(persisted(opened, ENTRIES, {"amount": 1}, new_key()) for _ in range(50)))

    assert {201} == {answer.status for answer in answers}
    assert Balance(50, 50) == await held(opened)
    assert set(range(1, 51)) == {answer.json["balance"] for answer in answers}


async def test_a_refusal_that_would_be_the_same_again_is_kept(ledger: Bridge) -> None:
    key = new_key()
    first = await post(ledger, ENTRIES, {"amount": 5}, key)
    await post(ledger, ACCOUNTS, {"name": "a"}, new_key())
    again = await post(ledger, ENTRIES, {"amount": 5}, key)

    assert (404, "not_found", None) == (first.status, first.json["code"], first.replayed)
    assert (404, "true") == (again.status, again.replayed)
    assert first.body == again.body
    assert "application/problem+json" == again.headers["Content-Type"]
    assert Balance(0, 0) == await held(ledger)


async def test_a_refusal_that_may_change_is_not_kept_and_leaves_nothing(opened: Bridge) -> None:
    key = new_key()
    refused = await post(opened, ENTRIES, {"amount": -5}, key)
    assert (409, "conflict") == (refused.status, refused.json["code"])
    assert Balance(0, 0) == await held(opened)

    await post(opened, ENTRIES, {"amount": 8}, new_key())
    taken = await post(opened, ENTRIES, {"amount": -5}, key)

    assert (201, None) == (taken.status, taken.replayed)
    assert Balance(3, 2) == await held(opened)


async def test_a_request_that_could_not_be_read_leaves_its_key_free(opened: Bridge) -> None:
    key = new_key()
    assert 400 == (await post(opened, ENTRIES, {"amount": "5"}, key)).status

    assert 201 == (await post(opened, ENTRIES, {"amount": 5}, key)).status


async def test_an_answer_too_large_to_keep_is_given_once_and_its_change_stands(opened: Bridge) -> None:
    key, payload = new_key(), {"amount": 5, "note": "n" * 70_000}
    first = await post(opened, ENTRIES, payload, key)
    again = await post(opened, ENTRIES, payload, key)

    assert 201 == first.status
    assert (409, "answer_not_kept") == (again.status, again.json["code"])
    assert Balance(5, 1) == await held(opened)


async def test_ids_in_the_body_make_each_entry_once(opened: Bridge) -> None:
    batch = {"entries": [{"id": "entry-0001", "amount": 1}, {"id": "entry-0002", "amount": 2}]}
    done = []
    for _ in range(2):
        async with opened.client.put(f"{ENTRIES}/batch", json=batch) as response:
            done.append((response.status, await response.json()))

    assert [(200, {"new": 2}), (200, {"new": 0})] == done
    assert Balance(3, 2) == await held(opened)


async def test_the_query_of_a_page_is_read(opened: Bridge) -> None:
    batch = {"entries": [{"id": f"entry-{number:04}", "amount": number} for number in range(1, 4)]}
    async with opened.client.put(f"{ENTRIES}/batch", json=batch) as response:
        assert 200 == response.status

    async with opened.client.get(f"{ENTRIES}?limit=2&after=entry-0001") as response:
        assert ["entry-0002", "entry-0003"] == [entry["id"] for entry in (await response.json())["entries"]]


async def test_the_outbox_mirrors_each_entry_once(opened: Bridge) -> None:
    keys = [new_key() for _ in range(10)]
    answers = await asyncio.gather(
        *(persisted(opened, ENTRIES, {"amount": number}, key) for _ in range(3) for number, key in enumerate(keys, 1))
    )
    expected = {answer.json["id"]: answer.json["amount"] for answer in answers}

    async def mirrored() -> dict[str, int]:
        return await opened.app[DATABASE].read(store.mirrored)

    async def all_are() -> bool:
        return len(await mirrored()) >= 10

    await until(all_are)
    assert 10 == len(expected)
    assert expected == await mirrored()


async def test_nothing_is_told_before_the_commit(opened: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    database, key = opened.app[DATABASE], new_key()

    async def lost_at_the_end(unit: Unit[object], *, tenant: str | None = None) -> object:
        async def whole(tx: Transaction) -> object:
            await unit(tx)
            raise DatabaseUnavailable("COMMIT failed.")

        return await type(database).write(database, whole, tenant=tenant)

    monkeypatch.setattr(database, "write", lost_at_the_end)
    lost = await post(opened, ENTRIES, {"amount": 5}, key)
    monkeypatch.undo()

    assert (503, "database_unavailable") == (lost.status, lost.json["code"])
    assert Balance(0, 0) == await held(opened)
    assert (201, None) == ((again := await post(opened, ENTRIES, {"amount": 5}, key)).status, again.replayed)


async def test_a_change_that_was_given_up_is_made_once_when_it_is_sent_again(start_bridge: Start) -> None:
    bridge = await start_bridge(request_timeout_seconds=0.4)
    await post(bridge, ACCOUNTS, {"name": "a"}, new_key())
    busy, key = asyncio.Event(), new_key()

    async def hold_the_writer(_tx: Transaction) -> None:
        loop.call_soon_threadsafe(busy.set)
        time.sleep(0.8)  # noqa: ASYNC251 - in the writer's thread, where units run whole

    loop = asyncio.get_running_loop()
    holding = asyncio.create_task(bridge.app[DATABASE].write(hold_the_writer))
    await busy.wait()
    given_up = await post(bridge, ENTRIES, {"amount": 5}, key)
    await holding
    again = await post(bridge, ENTRIES, {"amount": 5}, key)

    assert (503, "timed_out") == (given_up.status, given_up.json["code"])
    assert 201 == again.status
    assert Balance(5, 1) == await held(bridge)


async def test_who_leaves_before_the_answer_finds_it_later(opened: Bridge) -> None:
    key = new_key()
    sending = asyncio.create_task(post(opened, ENTRIES, {"amount": 5}, key))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.wait([sending])

    later = await post(opened, ENTRIES, {"amount": 5}, key)

    assert 201 == later.status
    assert Balance(5, 1) == await held(opened)
