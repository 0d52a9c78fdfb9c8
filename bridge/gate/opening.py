"""Puts together what counts requests and what lets signed ones in."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from backend.db.unit import Database
from backend.web.caller_address import CallerAddress
from bridge.gate.callers_limits import CallersLimits
from bridge.gate.devices.uses import Uses, writing_down
from bridge.gate.gatehouse import Gatehouse, Rights
from bridge.gate.limits import Rule, RuleBook
from bridge.gate.masters import Masters
from bridge.gate.meter import GateMeter
from bridge.gate.signed.answer_keys import AnswerKeys
from bridge.gate.signed.records import StoredRecords
from bridge.gate.stores.opening import Shared, opened_store
from bridge.observability import catalogue
from bridge.observability.metrics import Metrics
from core_rs import Limits, Table


class Counting:
    """The limits of one worker over the table that all of them share, with what it tells of them."""

    def __init__(self, table: Table, rules: Sequence[Rule], *, shadow: Iterable[str]) -> None:
        self.table = table
        self.book = RuleBook(rules, shadow=shadow)
        self.limits = Limits(table, self.book.policies())
        self.meter = GateMeter(tuple(rule.name for rule in self.book.rules))

    def limiter(self, addresses: CallerAddress) -> CallersLimits:
        return CallersLimits(self.limits, self.book, self.meter, addresses)

    def tell(self, metrics: Metrics) -> None:
        meter = self.meter
        metrics.read_from(catalogue.GATE_VERDICTS, lambda: meter.samples(meter.verdicts, "verdict"))
        metrics.read_from(catalogue.GATE_RECORDS, lambda: [("_total", {}, meter.record_loads)])
        metrics.read_from(catalogue.GATE_UNPROVEN, lambda: [("_total", {}, meter.unproven_bytes)])
        metrics.read_from(catalogue.LIMITED, lambda: meter.samples(meter.limited, "limit"))
        metrics.read_from(catalogue.SHADOWED, lambda: meter.samples(self._shadowed(), "limit"))

    def _shadowed(self) -> Counter[str]:
        """Return what was shadowed, with the addresses of signed requests, which the core alone sees."""
        return self.meter.shadowed + Counter(address=self.limits.shadowed_addresses)


@asynccontextmanager
async def opened_gatehouse(
    database: Database, masters: Masters, counting: Counting, rights: Rights, shared: Shared | None
) -> AsyncIterator[Gatehouse]:
    """Open it, with the keys and the name of the installation that this database belongs to."""
    async with opened_store(
        shared,
        counting.table,
        counting.limits,
        counting.book.policies(),
        bridge_id=masters.bridge_id,
        masters=masters.all(),
    ) as store:
        uses = Uses(lambda: database)
        gatehouse = Gatehouse(
            store=store,
            records=StoredRecords(lambda: database),
            masters=masters,
            answer_keys=AnswerKeys(masters),
            told=counting.limits.told,
            meter=counting.meter,
            rights=rights,
            uses=uses,
        )
        async with writing_down(uses):
            yield gatehouse
