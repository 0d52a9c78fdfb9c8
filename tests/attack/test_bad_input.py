"""Each kind of bad input: its code of the catalogue, nothing written, counted once, and nothing of it in the log."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.teller import Teller
from backend.accounts.keys.gamekeys import service as game_keys
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.keys.gamekeys.service import KEYS
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from bridge.gate.oneself.routes import SESSION
from bridge.keys import DATABASE, METRICS, RIGHTS
from tests.attack.house import NOTE, OPERATOR, PLACE, UNIVERSE, AttackedHouse, attacked
from tests.contract.signing import Signed
from tests.gate.device import post
from tests.integration.gate.signer import Signer, written
from tests.integration.web.logged import Log
from tests.integration.web.wire import connected
from tests.ledger.notes.routes import BODY_LIMIT_BYTES, NOTES
from tests.ledger.people import SCHOOL

Told = tuple[int, str]
Shot = Callable[[], Awaitable[Told]]
# What prepares an attack may write; what it returns is the attack.
Attack = Callable[[AttackedHouse], Awaitable[Shot]]
BODY_SECONDS = 0.2
WRONG: Final = f"tbx=:{'A' * 43}=:"


@pytest.fixture
async def house(log: Log, tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[AttackedHouse]:
    """A bridge behind a proxy of its own, so that game servers may come, and one that waits for no slow body."""
    proxies = {"trusted_proxies": ("127.0.0.1/32",), "body_timeout_seconds": BODY_SECONDS}
    async with attacked(tmp_path, sqlite_database, log, **proxies) as found:
        yield found


def signed(change: Callable[[Signer], Signed], **record: object) -> Attack:
    """Send what is made of a session that the bridge remembers."""

    async def prepared(house: AttackedHouse) -> Shot:
        request = change(await known(house, **record))
        return lambda: answer(house, written(request))

    return prepared


async def answer(house: AttackedHouse, data: bytes) -> Told:
    received = await house.ask(data)
    return received.status, received.json["code"]


async def known(house: AttackedHouse, **record: object) -> Signer:
    signer = await house.signer(**record)
    assert 200 == (await house.send(signer.sign("GET", SESSION))).status
    return signer


async def revoked(house: AttackedHouse) -> Shot:
    signer = await known(house)
    await house.house.revoke(signer.session)
    return lambda: answer(house, written(signer.sign("POST", NOTES, NOTE)))


async def without_window(house: AttackedHouse) -> Shot:
    signer = await house.signer(with_window=False)
    return lambda: answer(house, written(signer.sign("POST", NOTES, NOTE)))


async def too_large(house: AttackedHouse) -> Shot:
    head = written((await known(house)).sign("POST", NOTES, NOTE)).removesuffix(NOTE)
    own, more = (f"Content-Length: {length}".encode() for length in (len(NOTE), BODY_LIMIT_BYTES + 1))
    return lambda: answer(house, head.replace(own, more))


async def too_slow(house: AttackedHouse) -> Shot:
    signer = await known(house)

    async def shot() -> Told:
        async with connected(house.port) as wire:
            await wire.send(written(signer.sign("POST", NOTES, NOTE))[:-1])
            received = await wire.receive()
            assert await wire.is_closed_by_the_other_side()
        return received.status, received.json["code"]

    return shot


def opening(place_id: int = PLACE, scheme: str = "https", *, is_revoked: bool = False) -> Attack:
    """Open a session with a game key."""

    async def prepared(house: AttackedHouse) -> Shot:
        text = await game_key(house, is_revoked=is_revoked)
        document = {"n": "some text 1", "universe_id": UNIVERSE, "place_id": place_id, "version": "0.1.0"}
        named = {"Authorization": f"Bearer {text}", "X_Forwarded_Proto": scheme}

        async def shot() -> Told:
            said = await post(house.bridge.client, "/v1/session/game", document, **named)
            return said.status, str(said.code)

        return shot

    return prepared


async def game_key(house: AttackedHouse, *, is_revoked: bool) -> str:
    by = Teller(house.app[AUDIT], OPERATOR)

    async def unit(tx: Transaction) -> str:
        made, text = await game_keys.create(tx, by, SCHOOL, NewGameKey("Fractions", (UNIVERSE,), places=(PLACE,)))
        if is_revoked:
            await KEYS.revoke(tx, by, house.app[RIGHTS], SCHOOL, made.id)
        return text.reveal()

    text = await house.app[DATABASE].write(unit, tenant=SCHOOL)
    house.secrets.update({text, text.rpartition("_")[2]})
    return text


def of_nobody(signer: Signer) -> Signed:
    unknown = replace(signer.session, random=os.urandom(16), master=bytes(32))
    return Signer(unknown, signer.port).sign("POST", NOTES, NOTE)


def note(signer: Signer, **changed: object) -> Signed:
    return signer.sign("POST", NOTES, NOTE, **changed)


BAD: Mapping[str, tuple[Told, str | None, Attack]] = {
    "a header of another form": (
        (400, "malformed"),
        "malformed",
        signed(lambda signer: replace(note(signer), signature_input="tbx=1")),
    ),
    "an unknown session": ((401, "not_proven"), "not_proven", signed(of_nobody)),
    "a wrong MAC": ((401, "not_proven"), "not_proven", signed(lambda signer: replace(note(signer), signature=WRONG))),
    "a stale clock": ((401, "stale"), "stale", signed(lambda signer: note(signer, created=1))),
    "another life of the store": ((401, "epoch"), "epoch", without_window),
    "a replay": ((409, "replayed"), "replayed", signed(lambda signer: note(signer, number=1))),
    "a revoked session": ((403, "revoked"), "revoked", revoked),
    "a scope that was not granted": ((403, "out_of_scope"), "out_of_scope", signed(note, scopes=("read",))),
    "a body that was changed": (
        (400, "wrong_digest"),
        "wrong_digest",
        signed(lambda signer: replace(note(signer), body=NOTE.replace(b"three", b"seven"))),
    ),
    "an oversized body": ((413, "too_large"), None, too_large),
    "a slow body": ((408, "request_timed_out"), None, too_slow),
    "a revoked game key": ((401, "not_proven"), None, opening(is_revoked=True)),
    "an unlisted place": ((403, "place_not_allowed"), None, opening(place_id=PLACE + 1)),
    "a game key over plain http": ((403, "insecure"), None, opening(scheme="http")),
}


def refusals(house: AttackedHouse) -> float:
    """Return how many requests the metrics tell of that were refused."""
    told = house.app[METRICS].snapshot()["toolboxai_request_duration_seconds"]
    return sum(value for name, labels, value in told if name == "_count" and labels["status"] == "4xx")


@pytest.mark.parametrize("name", BAD)
async def test_bad_input_has_its_code_is_counted_and_writes_nothing(house: AttackedHouse, name: str) -> None:
    expected, verdict, attack = BAD[name]
    shot = await attack(house)
    before, counted, said = house.rows(), refusals(house), house.verdicts()

    told = await shot()

    assert expected == told
    assert before == house.rows()
    assert 1 == refusals(house) - counted
    if verdict is not None:
        assert 1 == house.verdicts()[verdict] - said.get(verdict, 0)
    assert [expected[0]] == [line["status"] for line in house.log.requests()][-1:]
