"""What was recorded is sent again: bugs 1, 4, 5, 9, 11 and 12 of the field, each named where it is answered.

The others stand elsewhere, and docs/security.md says where.
"""

import asyncio
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

from backend.db.config import DatabaseConfig
from backend.web.problem import CONTENT_TYPE
from tests.attack.house import NOTE, AttackedHouse, attacked, refusal
from tests.integration.gate.signer import REPLAYED, Signer, is_proven
from tests.integration.web.logged import Log
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import FOREIGN

COPIES = 32
FLOOD = 3000
WINDOW = 960
LAST_NUMBER = 2**20 + WINDOW
REPLAY = (409, "replayed")
# A name with any port, so that what was recorded fits a bridge that began anew at another one.
NAME = "bridge.example"


async def test_of_many_copies_that_arrive_at_once_one_does_something(house: AttackedHouse) -> None:
    """Bug 1: looked up, waited, and only then noted."""
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE)

    answers = await asyncio.gather(*(house.send(request) for _ in range(COPIES)))

    assert Counter({201: 1, 409: COPIES - 1}) == Counter(each.status for each in answers)
    assert {REPLAY} == {refusal(each) for each in answers if each.status == 409}
    assert all(is_proven(signer.session, request, each) for each in answers)
    assert 1 == house.notes()
    assert {"need_record": 1, "admitted": 1, "replayed": COPIES - 1} == house.verdicts() | {"need_record": 1}


async def test_no_flood_makes_the_bridge_forget_what_was_used(house: AttackedHouse) -> None:
    """Bug 4: what is full drops the oldest, so fill it and send again."""
    signer = await house.signer()
    request = signer.sign("POST", NOTES, NOTE)
    assert 201 == (await house.send(request)).status

    # Strangers with as many sessions as they like, each of which would be a line in a table that were filled by them.
    # Handed to the gate itself, from many networks: the limit of an address is not what this is about.
    demand, verdicts = house.gate.store.demand("write"), Counter[str]()
    for number in range(FLOOD):
        stranger = Signer(replace(signer.session, random=os.urandom(16)), house.port)
        forged = replace(stranger.sign("POST", NOTES, NOTE), signature=request.signature)
        address = f"10.{number >> 8}.{number & 255}.1"
        verdict = house.gate.store.admit(demand, address, forged.method, forged.target, forged.headers, NOTE)
        assert isinstance(verdict, tuple)
        verdicts[verdict[0]] += 1
    # And those that may come in, with numbers up to the last that the window has room for.
    others = [await house.signer() for _ in range(20)]
    assert {200} == {(await house.send(each.sign("GET", NOTES))).status for each in others}
    assert 200 == (await house.send(signer.sign("GET", NOTES, number=WINDOW))).status

    assert {"not_proven": FLOOD} == verdicts
    assert REPLAY == refusal(await house.send(request))
    assert 1 == house.notes()


async def test_a_restart_makes_nothing_good_again(tmp_path: Path, sqlite_database: DatabaseConfig, log: Log) -> None:
    """Bug 5: what was used stood in memory. Here it does too, and a new life of it ends every session."""
    async with attacked(tmp_path, sqlite_database, log, allowed_hosts=(NAME,)) as before:
        signer = await before.signer()
        used, unused = [signer.sign("POST", NOTES, NOTE, host=NAME) for _ in range(2)]
        assert 201 == (await before.send(used)).status

    async with attacked(tmp_path, sqlite_database, log, is_seeded=True, allowed_hosts=(NAME,)) as after:
        answers = [await after.send(each) for each in (used, unused)]

        assert [(401, "epoch")] * 2 == [refusal(each) for each in answers]
        assert all(is_proven(signer.session, *pair) for pair in zip((used, unused), answers, strict=True))
        assert 1 == after.notes()


async def test_a_number_far_ahead_buys_nothing(house: AttackedHouse) -> None:
    """Bug 9: a counter that the client steers, whose first value was a budget of replays."""
    signer = await house.signer()
    last = signer.sign("POST", NOTES, NOTE, number=LAST_NUMBER)
    assert 201 == (await house.send(last)).status

    lowest = LAST_NUMBER - WINDOW
    gone = [refusal(await house.leave_note(signer, number=number)) for number in (1, 2, WINDOW, lowest - 1)]
    still = [await house.leave_note(signer, number=number) for number in (lowest, LAST_NUMBER - 1)]
    again = [refusal(await house.leave_note(signer, number=number)) for number in (lowest, LAST_NUMBER - 1)]

    assert [REPLAY] * 4 == gone
    assert [201, 201] == [each.status for each in still]
    assert [REPLAY] * 2 == again
    assert REPLAY == refusal(await house.send(last))
    assert 3 == house.notes()


async def test_nobody_uses_up_the_numbers_of_another(house: AttackedHouse) -> None:
    """Bug 11: one namespace for all, in which one client burns what another was about to use."""
    signer, other = await house.signer(), await house.signer()
    foreign = await house.signer(tenant_id=FOREIGN)
    for each in (other, foreign):
        assert [201, 201] == [(await house.leave_note(each, number=number)).status for number in (1, LAST_NUMBER)]
    # Whoever has no key may name the session as often as they like.
    named = [replace(signer.sign("POST", NOTES, NOTE, number=1), signature=f"tbx=:{'A' * 43}=:") for _ in range(3)]
    assert {(401, "not_proven")} == {refusal(await house.send(each)) for each in named}

    assert [201, 201] == [(await house.leave_note(signer, number=number)).status for number in (1, 2)]


async def test_a_key_of_a_change_is_ones_own(house: AttackedHouse) -> None:
    """Bug 11, one storey higher: the answer to another's change is nobody's to ask for."""
    key = "0123456789abcdef"
    first, of_same_tenant = await house.signer(), await house.signer()
    foreign = await house.signer(tenant_id=FOREIGN)

    answers = [await house.leave_note(each, idempotency_key=key) for each in (first, of_same_tenant, foreign)]

    assert [(201, None)] * 3 == [(each.status, each.header(REPLAYED)) for each in answers]
    assert 3 == len({each.json["id"] for each in answers})


async def test_a_refusal_of_the_gate_is_never_what_a_repeat_is_answered_with(house: AttackedHouse) -> None:
    """Bug 12: a failure was kept and told again in silence; here the change is made as soon as it is let in."""
    signer = await house.signer()
    key = "fedcba9876543210"
    signed = signer.sign("POST", NOTES, NOTE, number=5, idempotency_key=key)
    for refused in (
        signer.sign("POST", NOTES, NOTE, number=5, created=1, idempotency_key=key),
        replace(signed, signature=f"tbx=:{'A' * 43}=:"),
        replace(signed, body=NOTE.replace(b"three", b"seven")),
    ):
        answer = await house.send(refused)
        assert 400 <= answer.status < 402
        assert answer.header(REPLAYED) is None
    assert 201 == (await house.send(signed)).status
    assert REPLAY == refusal(await house.send(signed))

    repeat = signer.sign("POST", NOTES, NOTE, number=6, idempotency_key=key)
    repeated = await house.send(repeat)

    # What is told again says so, and the proof holds that too.
    assert (201, "true") == (repeated.status, repeated.header(REPLAYED))
    assert is_proven(signer.session, repeat, repeated)
    assert CONTENT_TYPE != repeated.header("Content-Type")
    assert 1 == house.notes()
