"""One thing is done once, whatever is lost, changed or made up on the way."""

import asyncio
from pathlib import Path

import pytest

from bridge.client import Client, ClientError, NoAnswer, NotKnown, OutOfScope, Refused, Revoked, TooLarge, open_device
from tests.fakes.stand_in_bridge import Fault, StandInBridge

KEY = "an-edit-of-ten-past-nine"


async def edit(client: Client, *, seconds: float = 20.0) -> bytes:
    answer = await client.request("POST", "/v1/edits", json={"a": 1}, idempotency_key=KEY, timeout_seconds=seconds)
    return answer.body


async def test_a_signed_request_is_done_and_its_answer_proven(bridge: StandInBridge, client: Client) -> None:
    answer = await client.request("POST", "/v1/edits", json={"a": 1}, idempotency_key=KEY)

    assert (201, {"done": KEY, "bytes": 7}, False) == (answer.status, answer.json(), answer.is_repeated)
    assert {KEY: 1} == bridge.effects
    assert {} == bridge.refusals


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
async def test_every_method_is_signed_with_or_without_a_body(
    bridge: StandInBridge, client: Client, method: str
) -> None:
    await client.request(method, "/v1/edits/7")

    assert {} == bridge.refusals
    assert 1 == len(bridge.sent)


@pytest.mark.parametrize("target", ["/v1/a%20b/%C3%A4?q=%2F+x&q=&z", "/v1/a?", "/v1/a//b/../c;d=1?x=%41"])
async def test_path_and_query_are_signed_as_they_are_sent(bridge: StandInBridge, client: Client, target: str) -> None:
    answer = await client.request("GET", target)

    assert {} == bridge.refusals
    told = answer.json()
    assert isinstance(told, dict)
    assert target.removesuffix("?") == told["target"]


async def test_two_requests_never_share_a_key_unless_they_are_told_to(bridge: StandInBridge, client: Client) -> None:
    await client.request("POST", "/v1/edits")
    await client.request("POST", "/v1/edits")

    assert 2 == len(bridge.effects)


async def test_an_etag_is_part_of_the_answer(client: Client) -> None:
    assert '"7"' == (await client.request("GET", "/v1/edits")).etag


@pytest.mark.parametrize(
    "fault", ["cut_after", "no_proof", "wrong_proof", "proof_of_another", "other_body", "two_times"]
)
async def test_what_was_done_without_a_proven_answer_is_asked_for_again_and_done_once(
    bridge: StandInBridge, client: Client, fault: Fault
) -> None:
    bridge.faults.append(fault)

    answer = await client.request("POST", "/v1/edits", json={"a": 1}, idempotency_key=KEY)

    assert answer.is_repeated
    assert {"done": KEY, "bytes": 7} == answer.json()
    assert {KEY: 1} == bridge.effects
    assert [1, 2] == [each.number for each in bridge.sent]


async def test_a_request_that_never_arrived_is_sent_again(bridge: StandInBridge, client: Client) -> None:
    bridge.faults.extend(["cut_before", "cut_before"])

    assert b"done" in await edit(client)
    assert {KEY: 1} == bridge.effects


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_the_same_bytes_are_never_sent_twice(bridge: StandInBridge, client: Client, method: str) -> None:
    await client.request(method, "/v1/edits")  # so that the next goes over a connection that was used before
    bridge.faults.append("cut_after")

    await client.request(method, "/v1/edits")

    assert 3 == len(bridge.sent)
    assert 3 == len({each.signature for each in bridge.sent})
    assert {} == bridge.refusals


async def test_a_revocation_that_nobody_proved_is_not_obeyed(bridge: StandInBridge, client: Client) -> None:
    bridge.faults.extend(["unproven_revoked"] * 2)

    assert b"done" in await edit(client)
    assert 1 == bridge.openings


async def test_who_proves_nothing_cannot_stop_a_client_for_a_day(bridge: StandInBridge, client: Client) -> None:
    await edit(client)
    bridge.faults.append("unproven_503")
    began = asyncio.get_running_loop().time()

    with pytest.raises(NoAnswer, match="503 did not show that it is the bridge"):
        await edit(client, seconds=5)

    assert 5 > asyncio.get_running_loop().time() - began


async def test_after_a_restart_a_new_session_does_the_same_thing_once(bridge: StandInBridge, client: Client) -> None:
    await client.request("GET", "/v1/edits")
    bridge.restart()
    bridge.faults.extend(["skip", "cut_after"])

    assert b"done" in await edit(client)

    assert {KEY: 1} == bridge.effects
    assert {"epoch": 1} == bridge.refusals
    assert 2 == bridge.openings
    assert {None, KEY} == {each.idempotency_key for each in bridge.sent}


async def test_a_used_number_is_jumped_over_in_one_trip(bridge: StandInBridge, client: Client) -> None:
    await client.request("GET", "/v1/edits")
    (session,) = bridge.sessions.values()
    session.used.update(range(2, 2000))
    session.top = 1999

    await edit(client)

    assert [1, 2, 2000] == [each.number for each in bridge.sent]


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumped_is_set_by_a_proven_answer(bridge: StandInBridge, client: Client, hours: int) -> None:
    await client.request("GET", "/v1/edits")
    bridge.clock_ahead_seconds = hours * 3600

    await edit(client)
    await client.request("GET", "/v1/edits")

    assert {"stale": 1} == bridge.refusals
    assert {KEY: 1} == bridge.effects


@pytest.mark.parametrize("fault", ["no_proof", "wrong_proof"])
async def test_time_is_learned_from_no_answer_without_a_proof(
    bridge: StandInBridge, client: Client, fault: Fault
) -> None:
    await client.request("GET", "/v1/edits")
    bridge.clock_ahead_seconds = 3600
    bridge.faults.append(fault)

    await edit(client)

    assert {"stale": 2} == bridge.refusals


async def test_a_withdrawn_device_stops_and_sends_nothing_more(
    bridge: StandInBridge, client: Client, device_id: str
) -> None:
    await client.request("GET", "/v1/edits")
    bridge.devices[device_id].is_revoked = True

    for _ in range(3):
        with pytest.raises(Revoked, match=r"It is revoked\."):
            await edit(client)

    assert 2 == len(bridge.sent)
    # It asked once whether the device was meant, or its session alone.
    assert 2 == bridge.challenges
    assert {} == bridge.effects


async def test_a_session_that_somebody_ended_is_followed_by_another(bridge: StandInBridge, client: Client) -> None:
    await client.request("GET", "/v1/edits")
    (session,) = bridge.sessions.values()
    session.is_ended = True

    await asyncio.gather(*(edit(client) for _ in range(5)))

    assert {KEY: 1} == bridge.effects
    assert 2 == bridge.openings


async def test_a_session_that_is_ended_as_soon_as_it_is_open_is_the_last(bridge: StandInBridge, client: Client) -> None:
    bridge.ends_sessions = True

    for _ in range(3):
        with pytest.raises(Revoked):
            await edit(client)

    assert 2 == bridge.openings
    assert 2 == len(bridge.sent)


async def test_a_client_that_was_closed_opens_another_session(bridge: StandInBridge, client: Client) -> None:
    await client.request("GET", "/v1/edits")
    bridge.faults.append("cut_after")
    await client.close()

    await edit(client)

    assert {KEY: 1} == bridge.effects
    assert {} == bridge.refusals
    assert 2 == bridge.openings


@pytest.mark.parametrize("fault", ["unproven_malformed", "unproven_not_proven", "unproven_503"])
async def test_nothing_that_a_stranger_wrote_is_told(bridge: StandInBridge, client: Client, fault: Fault) -> None:
    await client.request("GET", "/v1/edits")
    bridge.faults.extend([fault] * 100)

    with pytest.raises(ClientError) as failure:
        await edit(client, seconds=0.5)

    assert "It is" not in failure.value.sentence
    assert "unavailable" not in failure.value.sentence
    assert getattr(failure.value, "request_id", None) is None


async def test_a_refusal_says_its_code_and_sentence(bridge: StandInBridge, client: Client) -> None:
    with pytest.raises(OutOfScope) as refusal:
        await client.request("POST", "/v1/forbidden")

    assert ("out_of_scope", "It is out_of_scope.", 403) == (
        refusal.value.code,
        refusal.value.sentence,
        refusal.value.status,
    )
    assert 1 == len(bridge.sent)


async def test_a_body_that_was_changed_on_its_way_is_sent_once_more(bridge: StandInBridge, client: Client) -> None:
    bridge.faults.append("wrong_digest")

    await edit(client)

    assert {KEY: 1} == bridge.effects


async def test_a_body_that_is_changed_each_time_is_told(bridge: StandInBridge, client: Client) -> None:
    bridge.faults.extend(["wrong_digest"] * 3)

    with pytest.raises(Refused) as refusal:
        await edit(client)

    assert "wrong_digest" == refusal.value.code
    assert 2 == len(bridge.sent)


@pytest.mark.parametrize("fault", ["in_progress", "limited"])
async def test_a_proven_retry_after_is_waited_for(bridge: StandInBridge, client: Client, fault: Fault) -> None:
    await client.request("GET", "/v1/edits")
    bridge.faults.append(fault)
    began = asyncio.get_running_loop().time()

    await edit(client)

    assert 1 <= asyncio.get_running_loop().time() - began
    assert {KEY: 1} == bridge.effects


async def test_a_wait_beyond_the_time_is_told_at_once(bridge: StandInBridge, client: Client) -> None:
    await client.request("GET", "/v1/edits")
    bridge.faults.append("limited")
    began = asyncio.get_running_loop().time()

    with pytest.raises(Refused, match="too_many_requests"):
        await edit(client, seconds=0.9)

    assert 0.8 > asyncio.get_running_loop().time() - began


async def test_a_session_that_the_bridge_forgot_is_followed_by_another(bridge: StandInBridge, client: Client) -> None:
    await client.request("GET", "/v1/edits")
    bridge.sessions.clear()

    await edit(client)

    assert {"not_proven": 1} == bridge.refusals
    assert 2 == bridge.openings


async def test_a_device_that_the_bridge_does_not_know_is_told_so(bridge: StandInBridge, client: Client) -> None:
    bridge.devices.clear()

    with pytest.raises(NotKnown, match="pair it anew"):
        await edit(client, seconds=0.5)

    assert 2 <= bridge.refusals["not_proven"]


async def test_a_body_beyond_the_grant_is_not_sent(bridge: StandInBridge, client: Client) -> None:
    bridge.body_bytes = 1000

    with pytest.raises(TooLarge, match="1001 bytes, and this session may send 1000"):
        await client.request("POST", "/v1/edits", body=bytes(1001))

    assert [] == bridge.sent


async def test_many_at_once_share_one_session_and_are_each_done_once(bridge: StandInBridge, client: Client) -> None:
    bridge.faults.extend(["skip", "cut_after", "no_proof", "skip", "cut_before"] * 20)

    answers = await asyncio.gather(*(client.request("POST", "/v1/edits") for _ in range(200)))

    assert {201} == {answer.status for answer in answers}
    assert 200 == len(bridge.effects)
    assert {1} == set(bridge.effects.values())
    assert 1 == bridge.openings
    assert {} == bridge.refusals


async def test_a_bridge_that_is_away_is_told_when_the_time_is_over(bridge: StandInBridge, client: Client) -> None:
    await bridge.stop_listening()

    with pytest.raises(NoAnswer, match="The bridge does not answer: no connection"):
        await edit(client, seconds=0.3)


async def test_a_bridge_that_hangs_is_asked_again(bridge: StandInBridge, client: Client) -> None:
    bridge.faults.append("hang")

    answer = await client.request("POST", "/v1/edits", idempotency_key=KEY, sending_seconds=0.2)

    assert 201 == answer.status
    assert {KEY: 1} == bridge.effects


async def test_a_client_that_goes_ends_its_session(bridge: StandInBridge, device_path: Path) -> None:
    async with open_device(device_path) as client:
        await client.request("GET", "/v1/edits")

    assert 1 == len(bridge.closed)
    assert {} == bridge.sessions


@pytest.mark.parametrize("path", ["v1/edits", "/v1/ä", "/v1/a b", "/v1/a#b", "/v1/a\r\nX: y", ""])
async def test_a_path_that_would_be_sent_otherwise_is_refused(bridge: StandInBridge, client: Client, path: str) -> None:
    with pytest.raises(ValueError, match="A path begins with /"):
        await client.request("GET", path)

    assert [] == bridge.sent


@pytest.mark.parametrize("key", ["too-short", "sixteen letters!", "x" * 129, "a\r\nb: cdefghijklm"])
async def test_an_idempotency_key_of_another_form_is_refused(client: Client, key: str) -> None:
    with pytest.raises(ValueError, match="16 to 128"):
        await client.request("POST", "/v1/edits", idempotency_key=key)


@pytest.mark.parametrize("method", ["TRACE", "HEAD"])
async def test_a_method_that_a_client_does_not_offer_is_refused(client: Client, method: str) -> None:
    with pytest.raises(ValueError, match="A method is one of"):
        await client.request(method, "/v1/edits")
