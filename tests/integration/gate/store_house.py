"""Both stores, built by one factory, and a client that offers signed requests to either."""

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from bridge.breakers.breaker import Breaker
from bridge.gate.principal import Principal, Scope, bits
from bridge.gate.stores.opening import Shared, opened_store
from bridge.gate.stores.redis import RedisStore
from bridge.gate.stores.store import GateStore, Verdict
from bridge.redis_address import parse
from core_rs import Limits, Policy, Proven, Table, Waiting
from tests.contract.signing import Session, Signed, sign

Kind = Literal["core", "redis"]
STORES: tuple[Kind, ...] = ("core", "redis")
MASTER = bytes(range(32))
ADDRESS = "192.0.2.1"
ACCOUNT, TENANT = b"device one", b"school"
# Each with a limit; what a test says of one is so many at once, and one in so many seconds after that.
RULES = ("address", "session", "account", "tenant", "edits")
PLENTY_AT_ONCE, PLENTY_A_SECOND = 100_000_000, 2_000
# A machine with other work is slow at times; how soon a store is given up has tests of its own.
PATIENT_SECONDS = 5.0


@dataclass(slots=True)
class StoreHouse:
    kind: Kind
    store: GateStore
    table: Table
    bridge_id: bytes
    # What a record says of every session; a test changes it.
    record: dict[str, Any] = field(default_factory=lambda: {"scopes": bits((Scope.SYNC,))})
    records_read: int = 0

    async def open(self, *, life_seconds: int = 900) -> Session:
        session = self.session()
        await self.store.open_window(session.random, life_seconds=life_seconds)
        return session

    def session(self, *, epoch: str | None = None, master: bytes = MASTER) -> Session:
        """Return a session that nobody has opened."""
        return Session(master, self.bridge_id, 1, 0, os.urandom(16), epoch or self.store.epoch)

    async def offer(self, session: Session, number: int, **changed: Any) -> Verdict:
        """Offer one request, and load the record where it is asked for."""
        request = changed.pop("request", None) or signed(session, number, **changed)
        verdict = await self.first(request)
        while verdict[0] == "need_record":
            verdict = await asked(self.store.admit_body(self.with_record(session, verdict), request.body))
        return verdict

    async def first(self, request: Signed) -> Verdict:
        """Offer it and load nothing."""
        demand = self.store.demand("edits", scopes=bits((Scope.SYNC,)))
        return await asked(
            self.store.admit(demand, ADDRESS, request.method, request.target, request.headers, request.body)
        )

    async def head(self, request: Signed) -> Verdict:
        demand = self.store.demand("edits", scopes=bits((Scope.SYNC,)))
        return await asked(self.store.admit_head(demand, ADDRESS, request.method, request.target, request.headers))

    def with_record(self, session: Session, verdict: Verdict, **changed: Any) -> Proven[Principal]:
        self.records_read += 1
        return self.store.put_record(
            cast("Waiting", verdict[1]),
            principal(session),
            **{"account": ACCOUNT, "tenant": TENANT} | self.record | changed,
        )

    @property
    def redis(self) -> RedisStore:
        assert isinstance(self.store, RedisStore)
        return self.store


def signed(session: Session, number: int, **changed: Any) -> Signed:
    created = changed.pop("created", None) or int(time.time())
    return sign(session.use("request"), session.key_id, number=number, created=created, **changed)


def principal(session: Session) -> Principal:
    return Principal(
        sid=session.sid,
        key_id=session.key_id,
        kind="device",
        holder_id="one",
        tenant_id="school",
        project_id=None,
        scopes=frozenset({Scope.SYNC}),
        place_id=None,
        universe_id=None,
        ends_at=2**52,
    )


async def asked(verdict: Any) -> Verdict:
    return cast("Verdict", verdict if isinstance(verdict, tuple) else await verdict)


@asynccontextmanager
async def store_house(
    kind: Kind,
    url: str,
    *,
    bridge_id: bytes | None = None,
    give_up_seconds: float = PATIENT_SECONDS,
    open_seconds: float = 1.0,
    shadow: tuple[str, ...] = (),
    table: Table | None = None,
    rates: Mapping[str, int] | None = None,
    bursts: Mapping[str, tuple[int, int]] | None = None,
) -> AsyncIterator[StoreHouse]:
    """Build a store; each has a server's part of its own, as every house has another bridge."""
    bridge_id = bridge_id or os.urandom(16)
    table = table or Table.in_process()
    said, rates = bursts or {}, rates or {}
    policies = [
        Policy(
            name,
            count=rates.get(name, 1 if name in said else PLENTY_A_SECOND),
            seconds=said[name][1] if name in said else 1,
            burst=said[name][0] if name in said else PLENTY_AT_ONCE,
            shadow=name in shadow,
        )
        for name in RULES
    ]
    shared = None
    if kind == "redis":
        shared = Shared(parse(url), give_up_seconds, Breaker("redis", open_seconds=open_seconds))
    limits = Limits(table, policies)
    async with opened_store(shared, table, limits, policies, bridge_id=bridge_id, masters={1: MASTER}) as store:
        yield StoreHouse(kind, store, table, bridge_id)
