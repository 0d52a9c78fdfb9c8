"""The rules of tickets: half a minute, one method, one path, and a session that still may."""

import secrets
from collections.abc import Callable
from typing import Final

from backend.errors import StoreUnavailable, TicketRefused
from backend.sealing.master_keys import UnknownVersion
from bridge.gate.masters import Masters
from bridge.gate.principal import Principal, Scope
from bridge.gate.signed.records import Records
from bridge.gate.stores.store import GateStore
from bridge.gate.tickets import form
from bridge.gate.tickets.form import ID_BYTES, Ticket
from bridge.wall_clock import now_milliseconds

TICKET_SECONDS: Final = 30
_MILLISECONDS: Final = 1000
# What was used once is remembered until no ticket of its time can come any more.
_REMEMBERED_SECONDS: Final = 2 * TICKET_SECONDS


class Tickets:
    def __init__(
        self, masters: Masters, records: Records, store: GateStore, clock: Callable[[], int] = now_milliseconds
    ) -> None:
        self._masters = masters
        self._records = records
        self._store = store
        self._clock = clock

    def make(self, principal: Principal, method: str, path: str) -> str:
        version = self._masters.newest()
        ends_at = self._clock() + TICKET_SECONDS * _MILLISECONDS
        ticket = Ticket(version, ends_at, secrets.token_bytes(ID_BYTES), principal.sid)
        return form.written(ticket, self._masters.grant_seed(version), method, path)

    async def check(self, text: str, method: str, path: str, scopes: frozenset[Scope], *, once: bool) -> Principal:
        """Return whose ticket it is; TicketRefused, in one sentence, whatever is wrong with it.

        With `once` it is used up; without, it serves the ranges of its path until its time is over.
        """
        brought = form.read(text)
        if brought is None or not self._is_ours(brought, method, path):
            raise _refused()
        ticket = brought.ticket
        if not 0 < ticket.ends_at - self._clock() <= TICKET_SECONDS * _MILLISECONDS:
            raise _refused()
        record = await self._records.find(ticket.sid)
        if record is None or record.revoked or not scopes <= record.principal.scopes:
            raise _refused()
        if once:
            await self._use_up(ticket)
        return record.principal

    def _is_ours(self, brought: form.Read, method: str, path: str) -> bool:
        try:
            public_key = self._masters.public_key(brought.ticket.master_version)
        except UnknownVersion:
            return False
        return brought.is_signed(public_key, method, path)

    async def _use_up(self, ticket: Ticket) -> None:
        found = await self._store.spend(ticket.id, life_seconds=_REMEMBERED_SECONDS)
        if found == "full":
            raise StoreUnavailable("More tickets were used of late than can be remembered; nothing was let in.")
        if found != "accepted":
            raise _refused()


def _refused() -> TicketRefused:
    return TicketRefused("This ticket is not for this request, was used, or is over; ask for a new one.")
