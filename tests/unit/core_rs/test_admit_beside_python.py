"""The gate and the same guard in plain Python say the same of every request: a check on both, and on the benchmark."""

import time
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core_rs import Gate, Limits, Policy, Table
from tests.benchmarks import python_guard
from tests.benchmarks.python_guard import Guard
from tests.contract.signing import Session, Signed, sign
from tests.unit.core_rs.gatehouse import BRIDGE_ID, EDIT, MASTER, NEXT_MASTER, POLICIES, PUBLISH

# Few enough that some are refused, and none is forgiven while a test runs.
BURSTS = {"address": 40, "session": 6, "account": 12, "tenant": 20, "edits": 5}
ADDRESSES = ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")


@dataclass(frozen=True, slots=True)
class Offer:
    session: int
    number: int
    seconds_off: int
    method: str
    target: str
    # Letters behind it.
    path_bytes: int
    host: str
    address: str
    scopes: int
    body_bytes: int
    fault: str


@dataclass(frozen=True, slots=True)
class Revoke:
    revoked: bool


offers = st.builds(
    Offer,
    session=st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5]),
    number=st.integers(1, 12) | st.sampled_from([959, 960, 961, 962, 2**20 + 960, 2**20 + 961]),
    seconds_off=st.sampled_from([0, 0, 0, 30, -30, 90, -90]),
    method=st.sampled_from(["POST", "GET", "HEAD", "DELETE", "TRACE"]),
    target=st.sampled_from(["/", "/v1/x?", "/v1/x?a=%20b&c=?", "/a#b", "x"]),
    path_bytes=st.sampled_from([0, 0, 1, 8191, 8192]),
    host=st.sampled_from(["127.0.0.1:8460", "LocalHost", "[::1]:8460", "a b", ""]),
    address=st.sampled_from(ADDRESSES),
    scopes=st.sampled_from([EDIT, EDIT, EDIT, PUBLISH, 0]),
    body_bytes=st.sampled_from([0, 2, 65_536, 65_537]),
    fault=st.sampled_from(["", "", "", "", "signature", "body", "key", "twice", "coded", "digest", "gone", "spelling"]),
)


def spoilt(request: Signed, fault: str) -> tuple[Any, bytes]:
    """The headers and the body of a request with one thing wrong."""
    body = request.body + b"!" if fault == "body" else request.body
    changed = {
        "signature": replace(request, signature=f"tbx=:{'A' * 43}=:"),
        "key": replace(request, idempotency_key="short"),
        "digest": replace(request, content_digest=request.content_digest.upper()),
        # The same 32 bytes with stray bits in the last letter.
        "spelling": replace(request, signature=f"tbx=:{'A' * 42}B=:"),
    }
    headers = changed.get(fault, request).headers
    if fault == "twice":
        headers = (*headers, headers[0])
    if fault == "coded":
        headers = (*headers, (b"content-encoding", b"identity"))
    if fault == "gone":
        headers = headers[:-1]
    return headers, body


class Both:
    """One gate of each kind over the same sessions."""

    def __init__(self) -> None:
        self.table = Table.in_process()
        policies = [Policy(name, count=1, seconds=3600, burst=BURSTS[name]) for name in POLICIES]
        names = {"address": "address", "session": "session", "account": "account", "tenant": "tenant"}
        masters = {1: MASTER, 2: NEXT_MASTER}
        self.rust: Gate[str] = Gate(Limits(self.table, policies), bridge_id=BRIDGE_ID, masters=masters, **names)  # type: ignore[arg-type]
        own = {name: python_guard.Policy.of(name, count=1, seconds=3600, burst=BURSTS[name]) for name in POLICIES}
        self.python = Guard(BRIDGE_ID, masters, self.table.epoch, own, nobody=bytes(32))
        opened = [
            Session(masters[version], BRIDGE_ID, version, 0, bytes([at]) * 16, self.table.epoch)
            for at, version in enumerate([1, 1, 2])
        ]
        for session in opened:
            self.table.open_window(session.random, life_seconds=900)
            self.python.open_window(session.sid, 900)
        never_opened = replace(opened[0], random=bytes([9]) * 16)
        unknown_version, elsewhere = replace(opened[0], master_version=7), replace(opened[0], epoch="0" * 16)
        self.sessions = [*opened, never_opened, unknown_version, elsewhere]
        self.revoked = False

    def offer(self, offer: Offer) -> tuple[Any, Any]:
        session, target = self.sessions[offer.session], offer.target + "p" * offer.path_bytes
        request = sign(
            session.use("request"),
            session.key_id,
            number=offer.number,
            created=int(time.time()) + offer.seconds_off,
            method=offer.method,
            target=target,
            host=offer.host,
            body=b"x" * offer.body_bytes,
        )
        headers, body = spoilt(request, offer.fault)
        demands = (self.rust.demand("edits", scopes=offer.scopes), python_guard.Demand("edits", offer.scopes))
        verdicts = []
        gates: tuple[Any, Any] = (self.rust, self.python)
        for gate, demand in zip(gates, demands, strict=True):
            verdict = gate.admit(demand, offer.address, offer.method, target, headers, body)
            while verdict[0] == "need_record":
                proven = gate.put_record(
                    verdict[1], "device", account=b"a", tenant=b"t", scopes=EDIT, revoked=self.revoked
                )
                verdict = gate.admit_body(proven, body)
            code, _, number, limit = verdict
            verdicts.append((code, number, limit and (limit.admitted, limit.limit, limit.remaining)))
        return verdicts[0], verdicts[1]

    def revoke(self, revoked: bool) -> None:  # noqa: FBT001
        self.revoked = revoked
        self.table.revoke()
        self.python.revocations += 1


@settings(max_examples=150, deadline=None)
@given(st.lists(offers | st.builds(Revoke, st.booleans()), max_size=60))
def test_both_say_the_same(steps: list[Offer | Revoke]) -> None:
    both = Both()
    for step in steps:
        if isinstance(step, Revoke):
            both.revoke(step.revoked)
        else:
            rust, python = both.offer(step)
            assert rust == python, step


def test_the_steps_reach_every_verdict() -> None:
    """A comparison of refusals alone would prove little."""
    good = Offer(0, 1, 0, "POST", "/", 0, "h", ADDRESSES[0], EDIT, 2, "")
    both = Both()
    told = [
        both.offer(step)[0][0]
        for step in (
            good,
            good,
            replace(good, body_bytes=65_537),
            replace(good, fault="gone"),
            replace(good, fault="signature"),
            replace(good, seconds_off=90),
            replace(good, session=3),
            replace(good, scopes=PUBLISH),
            replace(good, fault="body"),
            *(replace(good, number=number) for number in range(2, 7)),
        )
    ]
    both.revoke(revoked=True)
    told.append(both.offer(good)[0][0])
    told += [both.offer(replace(good, fault="signature"))[0][0] for _ in range(BURSTS["address"])]

    assert {
        "admitted", "replayed", "too_large", "malformed", "not_proven", "stale", "epoch", "out_of_scope",
        "wrong_digest", "limited", "revoked", "address_limited",
    } == set(told)  # fmt: skip
