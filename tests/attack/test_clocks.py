"""Clocks that are wrong: bugs 3, 7 and 8 of the field, and the clock of the bridge itself.

Bug 7 is a rule that is loose on one side, 8 one that lets any time to come through, 3 a memory shorter than what it
has to remember. Times decide how late a request may come; that it comes once is never theirs to decide.
"""

import time
from dataclasses import replace

import pytest

from tests.attack.house import NOTE, AttackedHouse, refusal
from tests.integration.gate.signer import is_proven
from tests.ledger.notes.routes import NOTES

HOUR = 3600
# Of the sixty seconds, less what a busy machine needs for a request.
ALMOST = 50
STALE = (401, "stale")


@pytest.mark.parametrize("off", [-HOUR, HOUR, -62, 62, -(2**31), 2**31])
async def test_a_time_beyond_a_minute_is_refused_on_both_sides(house: AttackedHouse, off: int) -> None:
    signer = await house.signer()
    before = house.rows()
    request = signer.sign("POST", NOTES, NOTE, created=max(1, int(time.time()) + off))

    received = await house.send(request)

    assert STALE == refusal(received)
    # It was right but for its time, so the client may learn the time from the answer.
    assert is_proven(signer.session, request, received)
    assert abs(int(received.header("Tbx-Time-Milliseconds") or 0) / 1000 - time.time()) < 60
    assert before == house.rows()
    # And its number was not used up.
    assert 201 == (await house.leave_note(signer, number=signer.number)).status


async def test_a_request_from_a_time_to_come_is_used_up_as_any_other(house: AttackedHouse) -> None:
    signer = await house.signer()
    for number, off in enumerate((ALMOST, -ALMOST), start=1):
        request = signer.sign("POST", NOTES, NOTE, number=number, created=int(time.time()) + off)
        assert 201 == (await house.send(request)).status
        assert [(409, "replayed")] * 3 == [refusal(await house.send(request)) for _ in range(3)]
    # Under another time it is the same number.
    for off in (-ALMOST, 0, ALMOST):
        again = signer.sign("POST", NOTES, NOTE, number=1, created=int(time.time()) + off)
        assert (409, "replayed") == refusal(await house.send(again))
    assert 2 == house.notes()


async def test_without_a_right_mac_nobody_is_told_about_clocks(house: AttackedHouse) -> None:
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE, created=1)
    stranger = await house.signer()

    received = await house.send(replace(stranger.sign("POST", NOTES, NOTE, created=1), signature=request.signature))

    assert (401, "not_proven") == refusal(received)
    assert received.header("Tbx-Time-Milliseconds") is None
