"""What a store promises, asked of both: the table of one host and the server of many."""

import asyncio
import dataclasses
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from core_rs import ONE_CALL_BYTES, Decision, Table, WindowRefused
from tests.integration.gate.store_house import STORES, Kind, StoreHouse, asked, principal, signed, store_house
from tests.integration.gate.store_processes import Worker

VECTORS = json.loads((Path(__file__).parents[2] / "contract/sequence-window.json").read_text(encoding="utf-8"))
WINDOW, LAST_NUMBER = 960, 2**20 + 960


@pytest.fixture(params=STORES)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
async def house(kind: Kind, valkey_url: str) -> AsyncIterator[StoreHouse]:
    async with store_house(kind, valkey_url) as made:
        yield made


def value(text: str | int) -> int:
    names = {"W": WINDOW, "T": WINDOW + 1, "R": 2**64 - 2**13 - 1}
    assert set(str(text)) <= set("0123456789WTR+-*() ")
    return int(eval(str(text), {"__builtins__": {}}, names))  # noqa: S307 - our own file, of numbers and names


async def test_an_epoch_is_sixteen_hex_digits_and_stays(house: StoreHouse) -> None:
    assert 16 == len(house.store.epoch)
    assert int(house.store.epoch, 16) >= 0
    assert house.store.epoch == house.store.epoch


async def test_a_request_comes_in_once_with_whose_it_is(house: StoreHouse) -> None:
    session = await house.open()

    first, again = await house.offer(session, 7), await house.offer(session, 7)

    assert ("admitted", principal(session), 7) == first[:3]
    assert ("replayed", principal(session), 8, None) == again


async def test_the_window_passes_the_numbered_cases(house: StoreHouse) -> None:
    session = await house.open()
    numbered = [(value(case["n"]), case["fresh"]) for case in VECTORS["numbered"]]
    within = [(number, fresh) for number, fresh in numbered if 1 <= number <= LAST_NUMBER]

    assert 22 == len(within)
    for number, fresh in within:
        verdict = await house.offer(session, number)
        assert ("admitted" if fresh else "replayed") == verdict[0], (number, verdict)


@pytest.mark.parametrize("bulk", VECTORS["bulk"], ids=lambda bulk: bulk["name"])
async def test_the_window_passes_the_runs(bulk: dict[str, Any], house: StoreHouse) -> None:
    session = await house.open()
    for step, first, second in bulk["steps"]:
        if step == "range":
            begin, end = value(first), value(second)
            way = 1 if begin <= end else -1
            offered = [(await house.offer(session, number))[0] for number in range(begin, end + way, way)]
            assert {"admitted"} == set(offered)
        elif value(first) >= 1:
            assert second == ((await house.offer(session, value(first)))[0] == "admitted"), first


async def test_the_window_is_a_set_and_its_highest_number(house: StoreHouse) -> None:
    session = await house.open()
    seen: set[int] = set()
    top = 0
    for number in wander(random.Random(9), 1_500):  # noqa: S311 - an order, not a secret
        verdict = await house.offer(session, number)
        top = max(top, number)
        if top - number > WINDOW or number in seen:
            assert ("replayed", top + 1) == (verdict[0], verdict[2]), number
        else:
            assert ("admitted", number) == (verdict[0], verdict[2]), number
        seen.add(number)


def wander(chance: random.Random, steps: int) -> Iterator[int]:
    """Numbers that climb, with steps back to both edges of the window and leaps beyond it."""
    top = 1
    for _ in range(steps):
        step = chance.choice((chance.randint(0, 20), -chance.randint(0, WINDOW + 2), -WINDOW, -WINDOW - 1, 1, 2_000))
        number = max(1, top + step)
        top = max(top, number)
        yield number


async def test_the_highest_number_of_a_session_is_taken_once(house: StoreHouse) -> None:
    session = await house.open()

    codes = [(await house.offer(session, LAST_NUMBER))[0] for _ in range(2)]

    assert ["admitted", "replayed"] == codes


async def test_a_window_is_only_there_because_it_was_opened(house: StoreHouse) -> None:
    never_opened = house.session()
    of_another_life = house.session(epoch="0" * 16)
    for session in (never_opened, of_another_life):
        assert ("epoch", session.key_id, 0, None) == await house.offer(session, 1)
    assert 0 == house.records_read


async def test_a_namesake_in_another_life_is_refused_though_its_window_is_there(house: StoreHouse) -> None:
    session = await house.open()
    await house.offer(session, 1)
    namesake = dataclasses.replace(session, epoch="0" * 16)

    assert "epoch" == (await house.offer(namesake, 2))[0]
    assert "admitted" == (await house.offer(session, 2))[0]


async def test_an_id_is_opened_once_and_for_a_life(house: StoreHouse) -> None:
    session = await house.open()
    with pytest.raises(WindowRefused):
        await house.store.open_window(session.random, life_seconds=900)
    for seconds in (0, 24 * 60 * 60 + 1):
        with pytest.raises(WindowRefused):
            await house.store.open_window(bytes(16), life_seconds=seconds)


async def test_a_challenge_is_spent_once_however_many_try(house: StoreHouse) -> None:
    found = await asyncio.gather(*(house.store.spend(b"a challenge", life_seconds=60) for _ in range(50)))

    assert {"accepted": 1, "spent": 49} == Counter(found)
    assert "accepted" == await house.store.spend(b"another", life_seconds=60)
    assert "expired" == await house.store.spend(b"a third", life_seconds=0)
    assert "too_long" == await house.store.spend(b"a fourth", life_seconds=3_700)


async def test_of_many_copies_at_once_one_comes_in(house: StoreHouse) -> None:
    session = await house.open()
    numbers = [number for number in range(1, 101) for _ in range(5)]

    verdicts = await asyncio.gather(*(house.offer(session, number) for number in numbers))

    admitted = [verdict[2] for verdict in verdicts if verdict[0] == "admitted"]
    assert list(range(1, 101)) == sorted(admitted)
    assert {"admitted", "replayed"} == {verdict[0] for verdict in verdicts}


async def test_a_record_is_asked_for_once_and_again_after_a_revocation(house: StoreHouse) -> None:
    session = await house.open()
    for number in (1, 2, 3):
        await house.offer(session, number)
    assert 1 == house.records_read

    house.table.revoke()
    assert "need_record" == (await house.first(signed(session, 4)))[0]
    house.record["revoked"] = True
    assert ("revoked", principal(session), 0, None) == await house.offer(session, 4)
    assert "revoked" == (await house.offer(session, 5))[0]


async def test_a_session_that_was_ended_takes_no_number_and_no_record_is_read_for_it(house: StoreHouse) -> None:
    ended, other = await house.open(), await house.open()
    for each in (ended, other):
        await house.offer(each, 5)
    for _ in range(2):
        await house.store.end_window(ended.random)
    await house.store.end_window(house.session().random)

    # Whether it was seen, is free, or is too far behind or ahead.
    for number in (5, 6, 1, 5_000):
        assert ("revoked", principal(ended), 0, None) == await house.offer(ended, number)
    assert "admitted" == (await house.offer(other, 6))[0]
    assert 2 == house.records_read


async def test_what_was_withdrawn_on_this_host_counts_at_the_next_request(house: StoreHouse) -> None:
    session = await house.open()
    await house.offer(session, 1)
    house.table.revoke()

    assert "need_record" == (await house.first(signed(session, 2)))[0]
    assert "admitted" == (await house.offer(session, 2))[0]
    assert "admitted" == (await house.first(signed(session, 3)))[0]


async def test_a_record_read_before_a_revocation_is_not_believed_after_it(house: StoreHouse) -> None:
    session = await house.open()
    request = signed(session, 1)
    verdict = await house.first(request)
    house.table.revoke()
    proven = house.with_record(session, verdict)

    assert "need_record" == (await asked(house.store.admit_body(proven, request.body)))[0]


async def test_a_refusal_that_a_newer_record_takes_back_is_not_told(house: StoreHouse) -> None:
    session = await house.open()
    house.record["scopes"] = 0
    assert ("out_of_scope", principal(session), 0, None) == await house.offer(session, 1)

    house.table.revoke()
    house.record["scopes"] = 1
    assert "admitted" == (await house.offer(session, 1))[0]


async def test_reasons_are_told_in_the_order_in_which_they_are_checked(house: StoreHouse) -> None:
    session = await house.open()
    await house.offer(session, 1)
    of_another = house.session(master=bytes(32))
    tampered = dataclasses.replace(signed(session, 1), body=b"[]")
    stale = int(time.time()) - 120
    gone = house.session()

    assert (
        "too_large" == (await house.first(dataclasses.replace(signed(session, 2), body=bytes(ONE_CALL_BYTES + 1))))[0]
    )
    assert "malformed" == (await house.first(signed(session, 2, method="BREW")))[0]
    assert ("not_proven", None, 0, None) == await house.offer(of_another, 1, created=stale)
    assert ("stale", gone.key_id, 0, None) == await house.offer(gone, 1, created=stale)
    assert ("wrong_digest", principal(session), 0, None) == await house.offer(session, 1, request=tampered)
    assert "replayed" == (await house.offer(session, 1))[0]
    assert "epoch" == (await house.offer(gone, 1, request=dataclasses.replace(signed(gone, 1), body=b"[]")))[0]


async def test_another_body_spends_nothing(house: StoreHouse) -> None:
    session = await house.open()
    request = signed(session, 1)

    assert "wrong_digest" == (await house.offer(session, 1, request=dataclasses.replace(request, body=b"[]")))[0]
    assert "admitted" == (await house.offer(session, 1, request=request))[0]


async def test_a_long_body_is_let_in_in_two_steps(house: StoreHouse) -> None:
    session = await house.open()
    body = bytes(ONE_CALL_BYTES + 1)
    request = signed(session, 3, body=body)
    asked_for = await house.head(request)
    assert "need_record" == asked_for[0]
    found = await asked(house.store.recheck(house.with_record(session, asked_for)))
    assert ("proven", 3) == (found[0], found[2])
    proven: Any = found[1]
    assert principal(session) == proven.principal

    assert "wrong_digest" == (await asked(house.store.admit_body(proven, b"other")))[0]
    assert ("admitted", 3) == (await asked(house.store.admit_body(proven, body)))[::2]
    assert "replayed" == (await asked(house.store.admit_body(proven, body)))[0]
    assert "proven" == (await house.head(signed(session, 4, body=body)))[0]


async def test_a_head_is_not_good_any_more_after_a_revocation(house: StoreHouse) -> None:
    session = await house.open()
    await house.offer(session, 1)
    found = await house.head(signed(session, 2))
    proven: Any = found[1]
    house.table.revoke()

    for verdict in (house.store.recheck(proven), house.store.admit_body(proven, b"{}")):
        assert "need_record" == (await asked(verdict))[0]
    assert "need_record" == (await house.head(signed(session, 2)))[0]


@pytest.mark.parametrize("which", ["session", "account", "tenant", "edits"])
async def test_each_limit_lets_its_burst_through_and_tells_how_long_to_wait(
    which: str, kind: Kind, valkey_url: str
) -> None:
    async with store_house(kind, valkey_url, bursts={which: (3, 1_000)}) as house:
        session = await house.open()
        verdicts = [await house.offer(session, number) for number in range(1, 6)]

    assert ["admitted"] * 3 + ["limited"] * 2 == [verdict[0] for verdict in verdicts]
    decisions = [decision(verdict) for verdict in verdicts]
    number = ["address", "session", "account", "tenant", "edits"].index(which)
    assert {(number, 3)} == {(each.policy, each.limit) for each in decisions}
    assert [2, 1, 0, 0, 0] == [each.remaining for each in decisions]
    assert [True] * 3 + [False] * 2 == [each.admitted for each in decisions]
    assert 990_000 < decisions[-1].retry_after_millis <= 1_000_100
    assert 2_990_000 < decisions[-1].reset_millis <= 3_000_100
    assert 0 == decisions[0].retry_after_millis


def decision(verdict: Any) -> Decision:
    found = verdict[3]
    assert isinstance(found, Decision)
    return found


async def test_a_limit_that_refuses_charges_no_other_and_the_number_is_spent(kind: Kind, valkey_url: str) -> None:
    async with store_house(kind, valkey_url, bursts={"session": (5, 1_000), "tenant": (2, 1_000)}) as house:
        session = await house.open()
        codes = [(await house.offer(session, number))[0] for number in range(1, 5)]
        again = await house.offer(session, 4)
        other = await house.open()
        first = decision(await house.offer(other, 1, request=signed(other, 1)))

    assert ["admitted", "admitted", "limited", "limited"] == codes
    assert "replayed" == again[0]
    # The tenant's, which the session's own did not follow.
    assert (3, False) == (first.policy, first.admitted)


async def test_a_replay_is_charged_to_nobody(kind: Kind, valkey_url: str) -> None:
    async with store_house(kind, valkey_url, bursts={"session": (2, 1_000)}) as house:
        session = await house.open()
        codes = [(await house.offer(session, number))[0] for number in (1, 1, 1, 2, 3)]

    assert ["admitted", "replayed", "replayed", "admitted", "limited"] == codes


async def test_an_address_is_limited_before_anything_is_proven(kind: Kind, valkey_url: str) -> None:
    async with store_house(kind, valkey_url, bursts={"address": (1, 1_000)}) as house:
        stranger = house.session(master=bytes(32))
        codes = [(await house.offer(stranger, number))[0] for number in (1, 2)]

    assert ["not_proven", "address_limited"] == codes


async def test_a_rule_in_shadow_lets_through_and_says_what_it_would_have_done(kind: Kind, valkey_url: str) -> None:
    async with store_house(
        kind, valkey_url, shadow=("session",), bursts={"session": (1, 1_000), "edits": (9, 1_000)}
    ) as house:
        session = await house.open()
        first, second = [decision(await house.offer(session, number)) for number in (1, 2)]

    assert (0, 1 << 1) == (first.shadowed, second.shadowed)
    assert (4, 7, True) == (second.policy, second.remaining, second.admitted)


async def test_rules_that_are_all_in_shadow_speak_for_nobody(kind: Kind, valkey_url: str) -> None:
    async with store_house(kind, valkey_url, shadow=("session", "account", "tenant", "edits")) as house:
        found = decision(await house.offer(await house.open(), 1))

    assert (2**32 - 1, 2**32 - 1, True) == (found.limit, found.remaining, found.admitted)


async def test_no_more_is_let_in_than_the_burst_and_the_rate_allow(kind: Kind, valkey_url: str) -> None:
    burst, rate, seconds = 20, 100, 0.6
    async with store_house(kind, valkey_url, rates={"session": rate}, bursts={"session": (burst, 1)}) as house:
        sessions = [await house.open() for _ in range(2)]
        for session in sessions:
            await house.offer(session, 1)
        times: dict[str, list[float]] = {session.sid: [] for session in sessions}
        end = time.monotonic() + seconds

        async def keep_asking(session: Any, first: int) -> None:
            number = first
            while time.monotonic() < end:
                before = time.monotonic()
                verdict = await house.offer(session, number)
                number += 8
                if verdict[0] == "admitted":
                    times[session.sid].append(before)
                await asyncio.sleep(0)

        await asyncio.gather(*(keep_asking(session, 2 + task) for session in sessions for task in range(8)))

    for admitted in times.values():
        taken = time.monotonic() - end + seconds
        assert burst <= len(admitted) <= burst + rate * taken + 1
        # A lone burst would be nothing to tell from a bound.
        assert len(admitted) > burst + rate * seconds / 2


@pytest.mark.parametrize("at_once", [16])
async def test_several_processes_together_let_each_number_in_once(kind: Kind, valkey_url: str, at_once: int) -> None:
    table = Table.create_shared()
    async with store_house(kind, valkey_url, table=table) as house:
        session = await house.open()
        workers = [Worker(house, session, url=valkey_url, last=300, copies=3, at_once=at_once) for _ in range(3)]
        told = await asyncio.gather(*(worker.finished() for worker in workers))

    admitted = Counter(number for each in told for number in each.admitted)
    assert dict.fromkeys(range(1, 301), 1) == admitted
    assert {"admitted", "replayed"} == {code for each in told for code in each.codes}
    assert 3 * 3 * 300 == sum(sum(each.codes.values()) for each in told)
