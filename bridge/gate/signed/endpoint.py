"""A route at work for signed requests: whether they come in, then what every route does, then the proof of the answer.

It wraps the handler and is no middleware: what lies between would cost more than the gate itself.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, cast

from multidict import istr

from backend.errors import RequestError
from backend.web.body import check_framing, read_body
from backend.web.exchange import Exchange
from backend.web.reply import Reply
from backend.web.template import Template, parse_template
from backend.web.work import By, Work
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.limits import RuleBook
from bridge.gate.principal import Principal, Scope, bits
from bridge.gate.signed.proof import Proof, only_the_time
from bridge.gate.signed.refusals import UNPROVEN, refused
from bridge.gate.stores.store import Asking, Verdict
from core_rs import ONE_CALL_BYTES, Demand, Proven, Waiting

_SIGNATURE: Final = istr("Signature")
# From here on the core lets other threads run while it hashes, so that the loop need not wait for it.
_THREAD_BYTES: Final = 1_048_576


class SignedEndpoint:
    def __init__(self, work: Work, book: RuleBook, gatehouse: Callable[[], Gatehouse]) -> None:
        self.route = route = work.route
        scopes = route.also_signed if route.signed is None else route.signed
        if scopes is None:
            raise TypeError(f"{route.name} takes no signed requests")
        self.method = route.method
        self.template: Template = parse_template(route.path)
        self._work = work
        self._rate_class = book.known_class(route.rate_class)
        self._scopes = bits(tuple(Scope(scope) for scope in scopes))
        # The gate is opened after the routes are put together.
        self._gatehouse = gatehouse
        self._bound: tuple[Gatehouse, Demand] | None = None

    async def answer(self, exchange: Exchange, values: Mapping[str, str]) -> Reply:
        """Answer one request; raises RequestError and ServiceError, and sends nothing itself."""
        gate, demand = self._bound or self._bind()
        work = self._work
        length = check_framing(exchange, work.body_limit_bytes)
        address = work.addresses.of(exchange) or ""
        if length <= ONE_CALL_BYTES and exchange.content.is_eof():
            body = exchange.content.read_nowait() if length else b""
            verdict = gate.store.admit(demand, address, exchange.method, exchange.raw_path, exchange.raw_headers, body)
            if not isinstance(verdict, tuple):
                verdict = await self._asked(gate, exchange, verdict)
            while verdict[0] == "need_record":
                proven = await self._with_record(gate, exchange, verdict)
                verdict = gate.store.admit_body(proven, body)
                if not isinstance(verdict, tuple):
                    verdict = await self._asked(gate, exchange, verdict)
        else:
            # Nobody waits for bytes of somebody who has shown nothing: the head comes first, and then the rest.
            proven = await self._prove_head(gate, demand, exchange, address)
            body = await read_body(
                exchange, limit_bytes=work.body_limit_bytes, timeout_seconds=work.body_timeout_seconds
            )
            verdict = await self._admit_body(gate, exchange, proven, body)
        if verdict[0] != "admitted":
            raise self._refused(gate, exchange, verdict, len(body))
        principal: Principal = verdict[1]  # type: ignore[assignment]  # a cast would be a call
        decision = verdict[3]
        gate.meter.verdicts["admitted"] += 1
        if decision is not None:
            exchange.lines = gate.told(decision)
            if decision.shadowed:
                gate.meter.in_shadow(decision)
        if exchange.prove is None:
            self._prove_answers(gate, exchange, principal.key_id)
        if not gate.rights.is_known:
            await gate.ask_again(principal)
        gate.meet(principal, address)
        asked = work.read_head(exchange, values)
        work.check_body(exchange)
        return await work.do(exchange, By(principal.caller, principal.tenant_id, principal), asked, body)

    def _bind(self) -> tuple[Gatehouse, Demand]:
        gate = self._gatehouse()
        self._bound = bound = gate, gate.store.demand(self._rate_class, scopes=self._scopes)
        return bound

    async def _asked(self, gate: Gatehouse, exchange: Exchange, asking: Asking) -> Verdict:
        """Wait for a far store; that it is away or too slow is told with a proof too."""
        if exchange.prove is None:
            self._prove_answers(gate, exchange, asking.key_id)
        return await asking

    async def _prove_head(self, gate: Gatehouse, demand: Demand, exchange: Exchange, address: str) -> Proven[Principal]:
        verdict = gate.store.admit_head(demand, address, exchange.method, exchange.raw_path, exchange.raw_headers)
        if not isinstance(verdict, tuple):
            verdict = await self._asked(gate, exchange, verdict)
        while verdict[0] == "need_record":
            proven = await self._with_record(gate, exchange, verdict)
            verdict = gate.store.recheck(proven)
            if not isinstance(verdict, tuple):
                verdict = await self._asked(gate, exchange, verdict)
        if verdict[0] != "proven":
            raise self._refused(gate, exchange, verdict, 0)
        proven = cast("Proven[Principal]", verdict[1])
        self._prove_answers(gate, exchange, proven.principal.key_id)
        return proven

    async def _admit_body(self, gate: Gatehouse, exchange: Exchange, proven: Proven[Principal], body: bytes) -> Verdict:
        while True:
            if len(body) >= _THREAD_BYTES:
                verdict = await asyncio.to_thread(gate.store.admit_body, proven, body)
            else:
                verdict = gate.store.admit_body(proven, body)
            if not isinstance(verdict, tuple):
                verdict = await self._asked(gate, exchange, verdict)
            if verdict[0] != "need_record":
                return verdict
            # Somebody's right was withdrawn while the body came.
            proven = await self._with_record(gate, exchange, verdict)

    async def _with_record(self, gate: Gatehouse, exchange: Exchange, verdict: Verdict) -> Proven[Principal]:
        gate.meter.verdicts["need_record"] += 1
        waiting = cast("Waiting", verdict[1])
        self._prove_answers(gate, exchange, waiting.key_id)
        return await gate.with_record(waiting)

    def _prove_answers(self, gate: Gatehouse, exchange: Exchange, key_id: str) -> None:
        """From here on whatever is answered shows that it is ours, an error too."""
        if self._work.addresses.by_https(exchange):
            exchange.prove = only_the_time
        else:
            exchange.prove = Proof(gate.answer_keys.of(key_id), exchange.headers[_SIGNATURE])

    def _refused(self, gate: Gatehouse, exchange: Exchange, verdict: Verdict, read_bytes: int) -> RequestError:
        code, about, _, decision = verdict
        gate.meter.verdicts[code] += 1
        if decision is not None:
            exchange.lines = gate.told(decision)
            gate.meter.refused(decision)
        if code in UNPROVEN:
            gate.meter.unproven_bytes += read_bytes
        else:
            key_id = about if isinstance(about, str) else cast("Principal", about).key_id
            self._prove_answers(gate, exchange, key_id)
        return refused(verdict)
