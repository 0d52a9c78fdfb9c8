"""Pairing: what is shown, how it is waited for, and that nothing comes of it before the digits are compared."""

import json

import pytest

from bridge.client import Asked, DigitsDiffer, NoAnswer, PairingDenied, PairingExpired, Refused, pair
from bridge.client.keys import DeviceKeys
from bridge.client.pairing import Paired
from tests.fakes.stand_in_bridge import USER_CODE, StandInBridge


class Pauses(list[float]):
    """What the client would have waited between its questions; here it waits for none of it."""

    async def sleep(self, seconds: float) -> None:
        self.append(seconds)


async def paired(bridge: StandInBridge, shown: list[Asked] | None = None, pauses: Pauses | None = None) -> Paired:
    seen = [] if shown is None else shown
    sleep = (Pauses() if pauses is None else pauses).sleep
    return await pair(bridge.url, kind="daemon", name="Ada's laptop", version="0.1.0", show=seen.append, sleep=sleep)


def digits(bridge: StandInBridge) -> str:
    """What the approving side shows."""
    (device,) = bridge.devices.values()
    return DeviceKeys(device.key).six_digits()


async def test_whoever_types_the_digits_has_a_device(bridge: StandInBridge) -> None:
    shown: list[Asked] = []
    device = (await paired(bridge, shown)).confirm(digits(bridge))

    assert [USER_CODE] == [asked.user_code for asked in shown]
    assert {device.device_id: device.key} == {name: each.key for name, each in bridge.devices.items()}
    assert (bridge.url, bridge.bridge_id, bridge.public_key) == (
        device.bridge.url,
        device.bridge_id,
        device.bridge_public_key,
    )


async def test_other_digits_give_no_device(bridge: StandInBridge) -> None:
    approved = await paired(bridge)
    wrong = f"{(int(digits(bridge)) + 1) % 1_000_000:06d}"

    with pytest.raises(DigitsDiffer, match="another program answers here"):
        approved.confirm(wrong)


async def test_it_asks_at_the_pace_that_the_bridge_wants(bridge: StandInBridge) -> None:
    pauses = Pauses()
    bridge.redeem_answers.extend(["pending", "slow_down", "pending"])

    await paired(bridge, pauses=pauses)

    assert [1, 1, 6, 6] == pauses
    assert 4 == len(bridge.asked_at)


async def test_an_answer_that_was_lost_is_asked_for_again(bridge: StandInBridge) -> None:
    bridge.redeem_answers.append("cut")

    assert (await paired(bridge)).confirm(digits(bridge))


@pytest.mark.parametrize(("answer", "error"), [("denied", PairingDenied), ("expired", PairingExpired)])
async def test_how_else_it_ends_is_told(bridge: StandInBridge, answer: str, error: type[Exception]) -> None:
    bridge.redeem_answers.append(answer)  # type: ignore[arg-type]

    with pytest.raises(error):
        await paired(bridge)

    assert 1 == len(bridge.asked_at)


async def test_what_a_stranger_says_of_a_pairing_is_not_told(bridge: StandInBridge) -> None:
    bridge.redeem_answers.append("denied")

    with pytest.raises(PairingDenied) as refusal:
        await paired(bridge)

    assert ("The pairing was refused.", None) == (refusal.value.sentence, refusal.value.request_id)


async def test_a_program_that_knows_no_pairing_is_told_by_its_status_alone(bridge: StandInBridge) -> None:
    bridge.redeem_answers.append("strange")

    with pytest.raises(Refused, match="said 418, and did not show that it is the bridge") as refusal:
        await paired(bridge)

    assert "status_418" == refusal.value.code


@pytest.mark.parametrize("answer", ["busy", "gateway"])
async def test_who_proves_nothing_holds_a_pairing_up_for_a_minute_at_most(bridge: StandInBridge, answer: str) -> None:
    pauses = Pauses()
    bridge.redeem_answers.append(answer)  # type: ignore[arg-type]

    await paired(bridge, pauses=pauses)

    before, held_up = pauses
    assert 1 == before
    assert 60 <= held_up < 61
    assert 2 == len(bridge.asked_at)


async def test_a_code_that_nobody_approved_in_its_time_has_expired(bridge: StandInBridge) -> None:
    bridge.pairing_seconds = 2
    bridge.redeem_answers.extend(["pending"] * 9)

    # Here it waits as it does for a person: a second, and no other, as then its time is over.
    with pytest.raises(PairingExpired, match="begin anew"):
        await pair(bridge.url, kind="daemon", name="Ada's laptop", version="0.1.0", show=lambda _: None)

    assert 2 >= len(bridge.asked_at)


async def test_a_bridge_that_is_away_is_told(bridge: StandInBridge) -> None:
    await bridge.stop_listening()

    with pytest.raises(NoAnswer, match="no connection"):
        await paired(bridge)


async def test_the_device_code_shows_itself_nowhere(bridge: StandInBridge) -> None:
    shown: list[Asked] = []
    await paired(bridge, shown)

    assert shown[0].device_code not in repr(shown[0])
    assert 43 == len(shown[0].device_code)
    assert json.dumps(USER_CODE)[1:-1] in repr(shown[0])
