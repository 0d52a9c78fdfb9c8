"""A gate with sessions of its own, and a client for them, as the tests of `admit` need it."""

import os
import time
from dataclasses import dataclass, field, replace
from typing import Any

from core_rs import Gate, Limits, Policy, Proven, Table
from tests.contract.signing import Session, Signed, sign

BRIDGE_ID = bytes(range(64, 80))
MASTER = bytes(range(32))
NEXT_MASTER = bytes(range(32, 64))
EDIT, PUBLISH = 1, 2
PLENTY = 10_000
POLICIES = ("address", "session", "account", "tenant", "edits")


@dataclass(frozen=True, slots=True)
class Principal:
    name: str


DEVICE = Principal("device")


def limits(table: Table, **bursts: int) -> Limits:
    """Bursts for the policies that a test is about; the others allow more than it asks."""
    return Limits(table, [Policy(name, count=100, seconds=3600, burst=bursts.get(name, PLENTY)) for name in POLICIES])


def gate(
    of: Limits,
    masters: dict[int, bytes] | None = None,
    *,
    bridge_id: bytes = BRIDGE_ID,
    session: str = "session",
    remembered: int = 64,
) -> Gate[Principal]:
    return Gate(
        of,
        bridge_id=bridge_id,
        masters={1: MASTER} if masters is None else masters,
        address="address",
        session=session,
        account="account",
        tenant="tenant",
        remembered=remembered,
    )


def open_session(table: Table, *, master: bytes = MASTER, version: int = 1, life_seconds: int = 900) -> Session:
    session = Session(master, BRIDGE_ID, version, 0, os.urandom(16), table.epoch)
    table.open_window(session.random, life_seconds=life_seconds)
    return session


@dataclass(slots=True)
class House:
    """A gate, one session, and the caller that loads records."""

    table: Table
    gate: Gate[Principal]
    session: Session
    revoked: bool = False
    scopes: int = EDIT
    loads: int = 0
    address: str = "192.0.2.1"
    numbers: int = field(default=0)

    @classmethod
    def new(cls, **bursts: int) -> "House":
        table = Table.in_process()
        return cls(table, gate(limits(table, **bursts)), open_session(table))

    def signed(self, number: int | None = None, *, session: Session | None = None, **changed: Any) -> Signed:
        """A request of the session with its next number, or with that one."""
        self.numbers = number if number is not None else self.numbers + 1
        session = session or self.session
        changed.setdefault("created", int(time.time()))
        return sign(session.use("request"), session.key_id, number=self.numbers, **changed)

    def ask(
        self,
        request: Signed,
        *,
        scopes: int = EDIT,
        method: str | None = None,
        target: str | None = None,
        headers: Any = None,
        body: bytes | None = None,
    ) -> Any:
        """The gate's answer with nothing loaded for it; what is given goes instead of what was signed."""
        demand = self.gate.demand("edits", scopes=scopes)
        return self.gate.admit(
            demand,
            self.address,
            method or request.method,
            target or request.target,
            request.headers if headers is None else headers,
            request.body if body is None else body,
        )

    def offer(self, request: Signed, *, scopes: int = EDIT, body: bytes | None = None) -> Any:
        """The answer after the record was loaded, as often as it is asked for."""
        verdict = self.ask(request, scopes=scopes, body=body)
        while verdict[0] == "need_record":
            verdict = self.gate.admit_body(self.load(verdict[1]), request.body if body is None else body)
        return verdict

    def load(self, waiting: Any) -> Proven[Principal]:
        self.loads += 1
        return self.gate.put_record(
            waiting, DEVICE, account=b"device 7", tenant=b"school", scopes=self.scopes, revoked=self.revoked
        )

    def head(self, request: Signed, *, scopes: int = EDIT) -> Any:
        demand = self.gate.demand("edits", scopes=scopes)
        return self.gate.admit_head(demand, self.address, request.method, request.target, request.headers)


def with_header(request: Signed, name: bytes, value: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
    """The headers with another value for one, or without it."""
    others = tuple((key, old) for key, old in request.headers if key.lower() != name.lower())
    return others if value is None else (*others, (name, value))


def forged(request: Signed) -> Signed:
    """The same request with a signature that is one of the right form and nothing else."""
    return replace(request, signature=f"tbx=:{'A' * 43}=:")
