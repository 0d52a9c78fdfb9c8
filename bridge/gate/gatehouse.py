"""What a worker lets signed requests in with, put together once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from backend.web.caller import account_name
from backend.web.keys import app_key
from bridge.gate.devices.uses import Uses
from bridge.gate.masters import Masters
from bridge.gate.meter import GateMeter
from bridge.gate.principal import DEVICE, Principal, bits
from bridge.gate.signed.answer_keys import AnswerKeys
from bridge.gate.signed.records import Records
from bridge.gate.signed.refusals import epoch_ended, revoked
from bridge.gate.stores.store import GateStore
from core_rs import Decision, Proven, Waiting


class Rights(Protocol):
    """What says whether this process would know of a right that was withdrawn."""

    @property
    def is_known(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Gatehouse:
    store: GateStore
    records: Records
    masters: Masters
    answer_keys: AnswerKeys
    # The lines that tell of a limit.
    told: Callable[[Decision], bytes]
    meter: GateMeter
    rights: Rights
    uses: Uses

    async def with_record(self, waiting: Waiting) -> Proven[Principal]:
        """Load the record of a session that showed its MAC, and remember it."""
        self.meter.record_loads += 1
        record = await self.records.find(waiting.sid)
        if record is None:
            raise epoch_ended()
        principal = record.principal
        if principal.kind == DEVICE:
            await self.uses.begin(principal.tenant_id, principal.holder_id)
        return self.store.put_record(
            waiting,
            principal,
            account=account_name(principal.kind, principal.holder_id),
            tenant=principal.tenant_id.encode(),
            scopes=bits(principal.scopes),
            revoked=record.revoked,
        )

    def meet(self, principal: Principal, address: str) -> None:
        """Note that a device was used; raise PlaceNotAllowed where a game server's key may not be used from there."""
        if principal.kind == DEVICE:
            self.uses.note(principal.tenant_id, principal.holder_id)
        else:
            principal.places.check(principal.universe_id, principal.place_id, address)

    async def ask_again(self, principal: Principal) -> None:
        """Raise unless the session may still do what is remembered of it."""
        self.meter.record_loads += 1
        record = await self.records.find(principal.sid)
        if record is None:
            raise epoch_ended()
        if record.revoked or record.principal != principal:
            raise revoked()


GATEHOUSE: Final = app_key("gatehouse", Gatehouse)
