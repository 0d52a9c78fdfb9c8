"""The records of many sessions read at once say what each says alone."""

import time

from sqlalchemy import delete

from backend.accounts.keys.gamekeys.models import GameKeyRow
from bridge.gate.sessions.life import OVERLAP_SECONDS
from bridge.keys import DATABASE
from tests.integration.gate.house import House
from tests.ledger.people import FOREIGN, SCHOOL

UNKNOWN = "x" * 26


async def test_many_are_found_as_each_alone(each_house: House) -> None:
    over = int(time.time() - OVERLAP_SECONDS - 10) * 1000
    key = {"kind": "game_key", "scopes": ("game",)}
    sessions = [
        await each_house.signer(),
        await each_house.signer(scopes=("read",), tenant_id=FOREIGN),
        await each_house.signer(ends_at=over),
        await each_house.signer(ends_at=over + 30_000),
        await each_house.signer(revoked_at=1),
        await each_house.signer(**key, holder_id="g" * 26),
        await each_house.signer(**key, holder_id="h" * 26, lists={"networks": ("192.0.2.0/24",)}),
    ]
    records = each_house.gate.records
    sids = [signer.session.sid for signer in sessions] + [UNKNOWN]
    alone = {sid: found for sid in sids if (found := await records.find(sid)) is not None}

    assert alone == await records.find_all(sids)
    assert 6 == len(alone)
    assert {} == await records.find_all([])
    assert [sids[4]] == list(await records.ended(sids))


async def test_servers_whose_key_is_not_there_have_no_session(house: House) -> None:
    signer = await house.signer(kind="game_key", scopes=("game",), holder_id="g" * 26)
    gone = delete(GameKeyRow).where(GameKeyRow.tenant_id == SCHOOL, GameKeyRow.id == "g" * 26)
    await house.app[DATABASE].write(lambda tx: tx.execute(gone), tenant=SCHOOL)
    sid = signer.session.sid

    assert (await house.gate.records.find_all([sid]))[sid].revoked


async def test_more_than_a_statement_has_room_for_are_asked_in_parts(house: House) -> None:
    signer = await house.signer(revoked_at=1)
    sids = [f"{number:026d}" for number in range(1_200)] + [signer.session.sid]

    assert [signer.session.sid] == list(await house.gate.records.ended(sids))
    assert [signer.session.sid] == list(await house.gate.records.find_all(sids))
