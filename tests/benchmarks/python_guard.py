"""The guard of core_rs.Gate once more, in plain Python: what the core is measured against, and checked against.

One process, dictionaries for tables. It makes every check that the core makes, in the same order, and is written
to be quick: compiled patterns, one-shot digests, nothing made that is not needed.
"""

import hashlib
import hmac
import re
import sys
import time
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

FRESH_SECONDS = 60
OVERLAP_SECONDS = 60
WINDOW = 960
LAST_NUMBER = 2**20 + WINDOW
ONE_CALL_BYTES = 64 * 1024

_FIELDS = {
    b"host": "host",
    b"content-digest": "content_digest",
    b"idempotency-key": "idempotency_key",
    b"signature-input": "signature_input",
    b"signature": "signature",
    b"content-encoding": "content_encoding",
}
_READS = frozenset({"GET", "HEAD"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,261}")
_TARGET = re.compile(r"(/[!\"$->@-~]{0,8191})((?:\?[!\"$-~]*)?)")
_LONGEST_TARGET = 8192
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")
_KEY = re.compile(r"[A-Za-z0-9_.:+/=-]{16,128}")
_SIGNATURE = re.compile(r"tbx=:([A-Za-z0-9+/]{43}=):")
_LIST = '"@method" "@authority" "@path" "@query" "content-digest"'
_PARAMS = (
    r";created=([1-9][0-9]{0,11});keyid=\"(([A-Za-z0-9_-]{26})\.([0-9a-f]{16}))\";nonce=\"([1-9][0-9]{0,6})\""
    r";tag=\"toolboxai-bridge-1\""
)
_READ_INPUT = re.compile(rf"tbx=(\({re.escape(_LIST)}\){_PARAMS})")
_WRITE_INPUT = re.compile(rf'tbx=(\({re.escape(_LIST)} "idempotency-key"\){_PARAMS})')
_LAST_LETTERS = frozenset("AQgw")


class Demand(NamedTuple):
    policy: str
    scopes: int


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    burst: int
    cost_ns: int
    tolerance_ns: int

    @classmethod
    def of(cls, name: str, *, count: int, seconds: int, burst: int) -> "Policy":
        cost_ns = -(-seconds * 1_000_000_000 // count)
        return cls(name, burst, cost_ns, cost_ns * burst)


class Decision(NamedTuple):
    admitted: bool
    policy: str
    limit: int
    remaining: int
    reset_millis: int
    retry_after_millis: int


@dataclass(frozen=True, slots=True)
class Record:
    principal: object
    scopes: int
    revoked: bool
    account: bytes
    tenant: bytes
    generation: int


@dataclass(slots=True)
class Session:
    sid: str
    ends: float
    key: bytes = b""
    top: int = 0
    # Bit n stands for the number top - n.
    seen: int = 0
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    session: Session
    generation: int
    number: int
    digest: bytes
    demand: Demand


Verdict = tuple[str, object, int, Decision | None]


@dataclass(slots=True)
class Guard:
    """A guard for one process; `sessions` holds the windows that were opened, by sid."""

    bridge_id: bytes
    masters: Mapping[int, bytes]
    epoch: str
    policies: Mapping[str, Policy]
    nobody: bytes
    sessions: dict[str, Session] = field(default_factory=dict)
    paid_at: dict[tuple[str, object], int] = field(default_factory=dict)
    revocations: int = 0
    wall: Callable[[], float] = time.time

    def open_window(self, sid: str, life_seconds: int) -> None:
        self.sessions[sid] = Session(sid, time.monotonic() + life_seconds + OVERLAP_SECONDS)

    def admit(  # noqa: C901, PLR0911, PLR0912, PLR0917  # the core's face, and its checks in their order
        self,
        demand: Demand,
        address: str,
        method: str,
        target: str,
        headers: tuple[tuple[bytes, bytes], ...],
        body: bytes,
    ) -> Verdict:
        if len(body) > ONE_CALL_BYTES:
            return ("too_large", None, 0, None)

        found: dict[str, str] = {}
        for name, value in headers:
            known = _FIELDS.get(name.lower())
            if known is not None:
                if known in found:
                    return ("malformed", None, 0, None)
                found[known] = value.decode("latin-1")
        write = method in _WRITES
        if (
            (not write and method not in _READS)
            or "content_encoding" in found
            or len(target) > _LONGEST_TARGET
            or not _HOST.fullmatch(found.get("host", ""))
        ):
            return ("malformed", None, 0, None)
        path_query = _TARGET.fullmatch(target)
        content_digest = found.get("content_digest", "")
        digest = _DIGEST.fullmatch(content_digest)
        tag = _SIGNATURE.fullmatch(found.get("signature", ""))
        signed = (_WRITE_INPUT if write else _READ_INPUT).fullmatch(found.get("signature_input", ""))
        if not path_query or not digest or not tag or not signed:
            return ("malformed", None, 0, None)
        params, created, key_id, sid, epoch, nonce = signed.groups()
        number = int(nonce)
        if (
            (write and not _KEY.fullmatch(found.get("idempotency_key", "")))
            or number > LAST_NUMBER
            or sid[-1] not in _LAST_LETTERS
        ):
            return ("malformed", None, 0, None)
        try:
            claimed, mac = _decoded(digest[1]), _decoded(tag[1])
        except NotBase64:
            return ("malformed", None, 0, None)

        decision = self._charge(((("address", _network(address)), self.policies["address"]),))
        if not decision.admitted:
            return ("address_limited", None, 0, decision)

        path, query = path_query.groups()
        key_line = f'"idempotency-key": {found["idempotency_key"]}\n' if write else ""
        base = (
            f'"@method": {method}\n"@authority": {found["host"].lower()}\n"@path": {path}\n"@query": {query or "?"}\n'
            f'"content-digest": {content_digest}\n{key_line}"@signature-params": {params}'
        )
        here = epoch == self.epoch
        session = self.sessions.get(sid) if here else None
        key = session.key if session else b""
        known_version = True
        if not key:
            key, known_version = self._request_key(sid, epoch)
        if not hmac.compare_digest(hmac.digest(key, base.encode(), "sha256"), mac) or not known_version:
            return ("not_proven", None, 0, None)
        if abs(int(created) - int(self.wall())) > FRESH_SECONDS:
            return ("stale", key_id, 0, None)
        if session is None or time.monotonic() >= session.ends:
            return ("epoch", key_id, 0, None)
        session.key = key
        return self._finish(session, number, claimed, demand, body)

    def put_record(
        self,
        waiting: Waiting,
        principal: object,
        *,
        account: bytes,
        tenant: bytes,
        scopes: int = 0,
        revoked: bool = False,
    ) -> Waiting:
        waiting.session.record = Record(principal, scopes, revoked, account, tenant, waiting.generation)
        return waiting

    def admit_body(self, waiting: Waiting, body: bytes) -> Verdict:
        return self._finish(waiting.session, waiting.number, waiting.digest, waiting.demand, body)

    def _finish(  # noqa: PLR0911  # as above
        self, session: Session, number: int, claimed: bytes, demand: Demand, body: bytes
    ) -> Verdict:
        record = session.record
        if record is None or record.generation != self.revocations:
            return ("need_record", Waiting(session, self.revocations, number, claimed, demand), 0, None)
        principal = record.principal
        if record.revoked:
            return ("revoked", principal, 0, None)
        if record.scopes & demand.scopes != demand.scopes:
            return ("out_of_scope", principal, 0, None)
        if hashlib.sha256(body).digest() != claimed:
            return ("wrong_digest", principal, 0, None)
        ahead = number - session.top
        if ahead > 0:
            session.seen = ((session.seen << ahead) | 1) & ((1 << (WINDOW + 1)) - 1) if ahead <= WINDOW else 1
            session.top = number
        elif ahead < -WINDOW or session.seen >> -ahead & 1:
            return ("replayed", principal, session.top + 1, None)
        else:
            session.seen |= 1 << -ahead

        decision = self._charge(
            (
                (("session", session.sid), self.policies["session"]),
                (("account", record.account), self.policies["account"]),
                (("tenant", record.tenant), self.policies["tenant"]),
                ((demand.policy, session.sid), self.policies[demand.policy]),
            )
        )
        if not decision.admitted:
            return ("limited", principal, 0, decision)
        return ("admitted", principal, number, decision)

    def _charge(self, charges: tuple[tuple[tuple[str, object], Policy], ...]) -> Decision:
        """Charge all or none (GCRA), and tell the tightest."""
        paid_at = self.paid_at
        now = time.monotonic_ns()
        dues = []
        least, tightest, tightest_due = sys.maxsize, charges[0][1], 0
        for owner, policy in charges:
            before = paid_at.get(owner, 0)
            due = (max(now, before)) + policy.cost_ns
            left = now + policy.tolerance_ns - due
            if left < 0:
                reset = (due - policy.cost_ns - now) // 1_000_000
                return Decision(False, policy.name, policy.burst, 0, reset, -(left // 1_000_000))
            remaining = left // policy.cost_ns
            if remaining < least:
                least, tightest, tightest_due = remaining, policy, due
            dues.append((owner, due))
        paid_at.update(dues)
        return Decision(True, tightest.name, tightest.burst, least, (tightest_due - now) // 1_000_000, 0)

    def _request_key(self, sid: str, epoch: str) -> tuple[bytes, bool]:
        raw = urlsafe_b64decode(sid + "==")
        master = self.masters.get(raw[0])
        extracted = hmac.digest(self.bridge_id, master or self.nobody, "sha256")
        session = hmac.digest(extracted, b"tbx1 session" + raw + bytes.fromhex(epoch) + b"\1", "sha256")
        return hmac.digest(session, b"tbx1 request\1", "sha256"), master is not None


def _decoded(text: str) -> bytes:
    """32 bytes in their one spelling: the last letter before the padding carries no stray bits."""
    if text[42] not in "AEIMQUYcgkosw048":
        raise NotBase64
    return b64decode(text)


def _network(address: str) -> bytes:
    if ":" not in address:
        return address.encode()
    parsed = ip_address(address.partition("%")[0])
    if not isinstance(parsed, IPv6Address):
        return parsed.packed
    return str(parsed.ipv4_mapped).encode() if parsed.ipv4_mapped else parsed.packed[:8]
