"""Opening sessions: what is checked before anything of a grant is used, and when the next one is opened."""

import asyncio
import logging
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.client import Client, Device, DeviceFile, NoAnswer, NotTheBridge, Revoked, TooOld, open_device
from bridge.client.clock import BridgeClock
from tests.fakes.stand_in_bridge import OpeningFault, StandInBridge


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


async def look(client: Client, *, seconds: float = 20.0) -> int:
    return (await client.request("GET", "/v1/edits", timeout_seconds=seconds)).status


@pytest.mark.parametrize("fault", ["short_challenge", "no_proof", "busy"])
async def test_an_opening_that_fails_is_tried_again(bridge: StandInBridge, client: Client, fault: OpeningFault) -> None:
    bridge.opening_faults.append(fault)

    assert 200 == await look(client)


async def test_a_challenge_of_another_length_is_never_answered(bridge: StandInBridge, client: Client) -> None:
    bridge.opening_faults.extend(["short_challenge"] * 1000)

    with pytest.raises(NoAnswer, match="a challenge of another form"):
        await look(client, seconds=0.3)

    assert 0 == bridge.openings


async def test_a_grant_without_its_proof_opens_nothing(bridge: StandInBridge, client: Client) -> None:
    bridge.opening_faults.extend(["no_proof"] * 1000)

    with pytest.raises(NoAnswer, match="did not show that it is the bridge"):
        await look(client, seconds=0.3)

    assert [] == bridge.sent


async def test_a_grant_without_its_signature_opens_nothing(bridge: StandInBridge, client: Client) -> None:
    bridge.opening_faults.append("no_signature")

    with pytest.raises(NotTheBridge, match="not signed with the key that it names"):
        await look(client)

    assert [] == bridge.sent


async def test_a_device_that_was_withdrawn_opens_no_session_and_asks_no_more(
    bridge: StandInBridge, client: Client, device_id: str
) -> None:
    bridge.devices[device_id].is_revoked = True

    for _ in range(2):
        with pytest.raises(Revoked):
            await look(client)

    assert 1 == bridge.challenges


async def test_who_proves_nothing_holds_an_opening_up_for_a_minute_at_most(
    bridge: StandInBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.openers.MOST_UNPROVEN_SECONDS", 0.1)
    bridge.opening_faults.append("unproven_busy")

    assert 200 == await look(client)


async def test_another_bridge_with_the_same_device_is_not_the_bridge(bridge: StandInBridge, client: Client) -> None:
    bridge.bridge_id = "00" * 16

    with pytest.raises(NotTheBridge, match="another bridge"):
        await look(client)


async def test_a_new_key_of_the_bridge_is_refused_unless_the_old_one_endorses_it(
    bridge: StandInBridge, client: Client
) -> None:
    bridge.replace_grant_key(is_endorsed=False)

    with pytest.raises(NotTheBridge, match="does not endorse"):
        await look(client)


async def test_an_endorsement_by_a_key_that_was_never_known_is_refused(bridge: StandInBridge, client: Client) -> None:
    bridge.replace_grant_key(is_endorsed=False)
    bridge.replace_grant_key(is_endorsed=True)

    with pytest.raises(NotTheBridge, match="does not endorse"):
        await look(client)


async def test_a_new_key_that_the_old_one_endorses_is_kept(
    bridge: StandInBridge, client: Client, device_path: Path
) -> None:
    bridge.replace_grant_key(is_endorsed=True)

    assert 200 == await look(client)
    assert bridge.public_key == DeviceFile(device_path).read().bridge_public_key


async def test_a_bridge_of_other_versions_is_told_apart(bridge: StandInBridge, client: Client) -> None:
    bridge.protocol = (2, 3)

    with pytest.raises(TooOld, match=r"versions 2 to 3 .* this program 1 to 1"):
        await look(client)


async def test_a_new_device_key_is_stored_before_it_is_used(
    bridge: StandInBridge, device_path: Path, device_id: str
) -> None:
    bridge.rotate(device_id)
    renewed = bridge.devices[device_id].next_key

    async with open_device(device_path) as client:
        await look(client)
        assert renewed == DeviceFile(device_path).read().key
        bridge.restart()
        await look(client)

    # The second opening was made with it, so the old one is over.
    assert (renewed, None) == (bridge.devices[device_id].key, bridge.devices[device_id].next_key)


async def test_a_new_device_key_and_the_key_that_its_bridge_signs_with_are_kept_in_one_step(
    bridge: StandInBridge, client: Client, device_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.rotate(device_id)
    bridge.replace_grant_key(is_endorsed=True)
    kept: list[tuple[bytes, bytes]] = []
    write = DeviceFile.write

    def seen(file: DeviceFile, device: Device) -> None:
        kept.append((device.key, device.bridge_public_key))
        write(file, device)

    monkeypatch.setattr(DeviceFile, "write", seen)

    await look(client)

    assert [(bridge.devices[device_id].next_key, bridge.public_key)] == kept


async def test_the_key_that_another_process_was_given_is_read_from_the_file(
    bridge: StandInBridge, client: Client, device_path: Path, device_id: str
) -> None:
    await look(client)
    file = DeviceFile(device_path)
    file.write(replace(file.read(), key=bytes(range(32))))
    bridge.devices[device_id].key = bytes(range(32))
    bridge.restart()

    assert 200 == await look(client)
    assert {"epoch": 1, "not_proven": 1} == bridge.refusals


async def test_the_next_session_is_opened_in_time_while_the_old_one_is_used(
    bridge: StandInBridge, device_path: Path
) -> None:
    hands = Hands()
    async with open_device(device_path, clock=BridgeClock(monotonic=hands)) as client:
        await look(client)
        (first,) = bridge.sessions
        hands.ahead = bridge.clock_ahead_seconds = 900 - 120.5
        await look(client)
        assert 1 == bridge.openings
        hands.ahead = bridge.clock_ahead_seconds = 900 - 59
        bridge.opening_gate.clear()

        await look(client)
        await look(client)
        assert {first} == {each.key_id for each in bridge.sent}
        bridge.opening_gate.set()
        async with asyncio.timeout(5):
            while bridge.sent[-1].key_id == first:
                await look(client)

    assert 2 == bridge.openings
    assert {} == bridge.refusals


async def test_no_request_is_sent_in_a_session_that_is_over(bridge: StandInBridge, device_path: Path) -> None:
    hands = Hands()
    async with open_device(device_path, clock=BridgeClock(monotonic=hands)) as client:
        await look(client)
        hands.ahead = bridge.clock_ahead_seconds = 901

        await look(client)

    assert 2 == bridge.openings
    assert {} == bridge.refusals


@pytest.mark.parametrize("hours", [-1, 1])
async def test_the_date_of_the_machine_does_not_matter_and_is_told_when_it_is_wrong(
    bridge: StandInBridge, device_path: Path, caplog: pytest.LogCaptureFixture, hours: int
) -> None:
    clock = BridgeClock(wall=lambda: time.time() + hours * 3600)
    with caplog.at_level(logging.WARNING):
        async with open_device(device_path, clock=clock) as client:
            await look(client)
            await look(client)
            assert hours * 3600 == pytest.approx(client.machine_differs_by_seconds, abs=5)

    assert {} == bridge.refusals
    word = "60 minutes ahead of" if hours > 0 else "60 minutes behind"
    assert [f"the clock of this machine is {word} that of the bridge; set it right"] == caplog.messages


async def test_whoever_waits_for_an_opening_that_is_given_up_opens_it_himself(
    bridge: StandInBridge, client: Client
) -> None:
    bridge.opening_gate.clear()
    first = asyncio.create_task(look(client))
    await bridge.opening_waits.wait()
    second = asyncio.create_task(look(client))
    await asyncio.sleep(0)
    first.cancel()
    bridge.opening_gate.set()

    assert 200 == await second
    with pytest.raises(asyncio.CancelledError):
        await first
