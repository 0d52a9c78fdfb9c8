"""Tickets with a real key file, a real store, and records of the test's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from backend.errors import StoreUnavailable, TicketRefused
from backend.sealing import key_file
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import first
from bridge.gate.limits import RuleBook
from bridge.gate.masters import Masters
from bridge.gate.principal import Principal, Scope
from bridge.gate.sessions.service import Found
from bridge.gate.stores.core import CoreStore
from bridge.gate.tickets.service import TICKET_SECONDS, Tickets
from core_rs import Limits, Table

PATH = "/v1/blobs/1234"
PRINCIPAL = Principal(
    sid="s" * 26,
    key_id=f"{'s' * 26}.{'0' * 16}",
    kind="device",
    holder_id="d" * 26,
    tenant_id="t" * 26,
    project_id=None,
    scopes=frozenset({Scope.SYNC}),
    place_id=None,
    universe_id=None,
    ends_at=2**52,
)
READ = frozenset({Scope.SYNC})


@dataclass
class Known:
    """The records of the one session there is."""

    record: Found | None = field(default_factory=lambda: Found(PRINCIPAL, revoked=False))

    async def find(self, sid: str) -> Found | None:
        return self.record if sid == PRINCIPAL.sid else None

    async def find_all(self, sids: Sequence[str]) -> Mapping[str, Found]:
        return {} if self.record is None else dict.fromkeys(sids, self.record)

    async def ended(self, sids: Sequence[str]) -> Sequence[str]:
        return [sid for sid in sids if self.record is None]


@dataclass
class Desk:
    tickets: Tickets
    known: Known
    now: list[int]

    def make(self) -> str:
        return self.tickets.make(PRINCIPAL, "GET", PATH)

    async def check(
        self,
        text: str,
        *,
        method: str = "GET",
        path: str = PATH,
        scopes: frozenset[Scope] = READ,
        once: bool = False,
    ) -> Principal:
        return await self.tickets.check(text, method, path, scopes, once=once)


def masters(folder: Path, name: str) -> Masters:
    key_file.write(folder / name, first(1), is_new=True)
    return Masters(KeyRing(folder / name), bytes(16))


def desk(of: Masters, table: Table) -> Desk:
    store = CoreStore(table, Limits(table, RuleBook().policies()), bridge_id=of.bridge_id, masters=of.all())
    now = [1_700_000_000_000]
    known = Known()
    return Desk(Tickets(of, known, store, lambda: now[0]), known, now)


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    return desk(masters(tmp_path, "keys.json"), Table.in_process())


async def test_a_ticket_serves_its_path_again_and_again_until_its_time_is_over(at: Desk) -> None:
    ticket = at.make()
    assert [PRINCIPAL] * 3 == [await at.check(ticket) for _ in range(3)]

    at.now[0] += TICKET_SECONDS * 1000 - 1
    assert PRINCIPAL == await at.check(ticket)
    at.now[0] += 1
    with pytest.raises(TicketRefused):
        await at.check(ticket)


async def test_a_ticket_that_is_good_once_is_used_up_for_all_workers(at: Desk) -> None:
    ticket = at.make()
    assert PRINCIPAL == await at.check(ticket, once=True)

    with pytest.raises(TicketRefused):
        await at.check(ticket, once=True)
    assert PRINCIPAL == await at.check(at.make(), once=True)


async def test_a_ticket_that_is_refused_is_not_used_up(at: Desk) -> None:
    ticket = at.make()
    with pytest.raises(TicketRefused):
        await at.check(ticket, scopes=frozenset({Scope.PUBLISH}), once=True)

    assert PRINCIPAL == await at.check(ticket, once=True)


@pytest.mark.parametrize(
    "asked",
    [
        {"path": f"{PATH}5"},
        {"path": "/v1/blobs/1235"},
        {"method": "HEAD"},
        {"method": "PUT"},
        {"scopes": frozenset({Scope.SYNC, Scope.PUBLISH})},
    ],
)
async def test_a_ticket_is_good_for_nothing_else(at: Desk, asked: dict[str, object]) -> None:
    with pytest.raises(TicketRefused):
        await at.check(at.make(), **asked)  # type: ignore[arg-type]


async def test_no_letter_of_a_ticket_can_be_changed(at: Desk) -> None:
    ticket = at.make()
    for place, letter in enumerate(ticket):
        other = "A" if letter != "A" else "B"
        with pytest.raises(TicketRefused):
            await at.check(ticket[:place] + other + ticket[place + 1 :])


@pytest.mark.parametrize("text", ["", "A", "A" * 154, "A" * 155, "é" * 154, "=" * 154])
async def test_what_is_no_ticket_is_refused(at: Desk, text: str) -> None:
    with pytest.raises(TicketRefused):
        await at.check(text)


async def test_a_ticket_of_another_bridge_is_refused(at: Desk, tmp_path: Path) -> None:
    other = desk(masters(tmp_path, "others.json"), Table.in_process())

    with pytest.raises(TicketRefused):
        await at.check(other.make())


async def test_a_ticket_from_a_time_to_come_is_refused(at: Desk) -> None:
    ticket = at.make()
    at.now[0] -= 1

    with pytest.raises(TicketRefused):
        await at.check(ticket)


async def test_a_ticket_ends_with_its_session(at: Desk) -> None:
    ticket = at.make()
    at.known.record = Found(PRINCIPAL, revoked=True)
    with pytest.raises(TicketRefused):
        await at.check(ticket)
    at.known.record = None
    with pytest.raises(TicketRefused):
        await at.check(ticket)


async def test_what_a_session_lost_its_ticket_has_lost(at: Desk) -> None:
    ticket = at.make()
    at.known.record = Found(replace(PRINCIPAL, scopes=frozenset({Scope.READ})), revoked=False)

    with pytest.raises(TicketRefused):
        await at.check(ticket)


async def test_nobody_is_let_in_once_where_it_could_not_be_remembered(tmp_path: Path) -> None:
    small = desk(masters(tmp_path, "keys.json"), Table.in_process(spent=1))
    refused = None
    for _ in range(4096):
        try:
            await small.check(small.make(), once=True)
        except StoreUnavailable as error:
            refused = error
            break

    assert isinstance(refused, StoreUnavailable)
