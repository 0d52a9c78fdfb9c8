"""The store of one process or of many workers on one host: the core's table, which answers at once."""

from collections.abc import Mapping

from bridge.gate.principal import Principal
from bridge.gate.stores.store import Spending
from core_rs import Gate, Limits, Table


class CoreStore:
    def __init__(self, table: Table, limits: Limits, *, bridge_id: bytes, masters: Mapping[int, bytes]) -> None:
        self._table = table
        self._gate: Gate[Principal] = Gate(
            limits,
            bridge_id=bridge_id,
            masters=dict(masters),
            address="address",
            session="session",
            account="account",
            tenant="tenant",
        )
        # Called for every request: these are the core's own, with nothing in between.
        self.demand = self._gate.demand
        self.admit = self._gate.admit
        self.admit_head = self._gate.admit_head
        self.put_record = self._gate.put_record
        self.recheck = self._gate.recheck
        self.admit_body = self._gate.admit_body

    @property
    def epoch(self) -> str:
        return self._table.epoch

    async def open_window(self, sid: bytes, *, life_seconds: int) -> None:
        self._table.open_window(sid, life_seconds=life_seconds)

    async def spend(self, token: bytes, *, life_seconds: int) -> Spending:
        return self._table.spend(token, self._table.seconds() + life_seconds)

    async def end_window(self, sid: bytes) -> None:
        self._table.end_window(sid)

    def replace_masters(self, masters: Mapping[int, bytes]) -> None:
        """Take the versions that the key file has now."""
        self._gate.replace_masters(dict(masters))
