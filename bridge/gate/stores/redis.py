"""The store of many hosts: a Redis or Valkey server with replicas, asked once for each request.

A worker proves a request by itself; then one script at the server compares the life that the session is of with that of
the server, takes the number and charges the limits, whole or not at all. Where the server is away or slow nothing is
let in. A promoted replica begins another life: every session of the one before is over.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Final, TypeAlias, cast

from bridge.breakers.breaker import Breaker
from bridge.gate.principal import Principal
from bridge.gate.sessions.life import OVERLAP_SECONDS
from bridge.gate.stores.requests import Held, Names, Requests, cost, end, owed
from bridge.gate.stores.scripts import SCRIPTS
from bridge.gate.stores.store import Asking, Headers, Spending, Verdict
from bridge.redis_address import Address
from bridge.redis_server.server import OTHER_LIFE, Server, Words
from core_rs import Decision, Demand, Limits, Policy, Proven, Prover, Table, Waiting, WindowRefused, sha256

# What is away is tried again so soon: a fail-over takes seconds.
OPEN_SECONDS: Final = 1.0

_WORDS: Final = Words(
    name="the gate's Redis",
    without="no signed request is let in",
    refusal="Whether a request may come in cannot be said at the moment; send it again a little later.",
)

# As the core's table has them.
_LIFE_SECONDS_MOST: Final = 24 * 60 * 60
_SPENT_SECONDS_MOST: Final = 60 * 60
_NOBODY_COUNTS: Final = 2**32 - 1
_MICROSECONDS_A_MILLISECOND: Final = 1000
_TOKEN_BYTES: Final = 16

# What the scripts answer with first.
_ENDED: Final = 1
_ALREADY: Final = 2
_REPLAYED: Final = 2
_LIMITED: Final = 3
_ADMITTED: Final = 4

# What a worker knows without the server.
_FINAL: Final = frozenset({"too_large", "malformed", "address_limited", "not_proven", "stale"})
_Prove: TypeAlias = Callable[[], Verdict]
_GoOn: TypeAlias = Callable[[Proven[Principal], int], Coroutine[object, None, Verdict]]


class RedisStore:
    """`table` and `limits` are this host's: they count addresses, and know of rights that were withdrawn here."""

    def __init__(
        self,
        address: Address,
        table: Table,
        limits: Limits,
        policies: list[Policy],
        *,
        bridge_id: bytes,
        masters: Mapping[int, bytes],
        breaker: Breaker,
        give_up_seconds: float,
    ) -> None:
        self._table = table
        self._names = Names(bridge_id)
        self._requests = Requests(self._names, policies)
        self._prover: Prover[Principal, Held] = Prover(
            limits, bridge_id=bridge_id, masters=dict(masters), address="address"
        )
        self.demand = self._prover.demand
        self._server = Server(address, self._names.life, SCRIPTS, _WORDS, breaker, give_up_seconds=give_up_seconds)
        self.start = self._server.start
        self.close = self._server.close

    @property
    def epoch(self) -> str:
        return self._server.epoch

    async def open_window(self, sid: bytes, *, life_seconds: int) -> None:
        if not 1 <= life_seconds <= _LIFE_SECONDS_MOST:
            raise WindowRefused(f"a session must live between 1 and {_LIFE_SECONDS_MOST} seconds")
        milliseconds = (life_seconds + OVERLAP_SECONDS) * 1000
        code, *_ = await self._server.told("open", self._names.window(sid), arguments=(self.epoch, milliseconds))
        if code == _ALREADY:
            raise WindowRefused("there is a session of this id already; an id must be drawn at random for each session")
        if code == OTHER_LIFE:
            raise _WORDS.unavailable()

    async def spend(self, token: bytes, *, life_seconds: int) -> Spending:
        if life_seconds <= 0:
            return "expired"
        if life_seconds > _SPENT_SECONDS_MOST:
            return "too_long"
        name = self._names.spent(sha256(token)[:_TOKEN_BYTES])
        code, *_ = await self._server.told("spend", name, arguments=(self.epoch, life_seconds * 1000))
        if code == OTHER_LIFE:
            raise _WORDS.unavailable()
        return "spent" if code == _ALREADY else "accepted"

    async def end_window(self, sid: bytes) -> None:
        # In another life of the server it is over as it is.
        await self._server.told("end", self._names.window(sid), arguments=(self.epoch,))

    def replace_masters(self, masters: Mapping[int, bytes]) -> None:
        """Take the versions that the key file has now."""
        self._prover.replace_masters(dict(masters))

    def admit(  # noqa: PLR0917 - by place, as the core takes them
        self, demand: Demand, address: str, method: str, target: str, headers: Headers, body: bytes, /
    ) -> Verdict | Asking:
        def prove() -> Verdict:
            return self._prover.prove(demand, address, method, target, headers, body)

        return self._judged(prove(), prove, self._spent)

    def admit_head(
        self, demand: Demand, address: str, method: str, target: str, headers: Headers, /
    ) -> Verdict | Asking:
        def prove() -> Verdict:
            return self._prover.prove_head(demand, address, method, target, headers)

        return self._judged(prove(), prove, self._still_good)

    def put_record(
        self,
        waiting: Waiting,
        principal: Principal,
        *,
        account: bytes,
        tenant: bytes,
        scopes: int = 0,
        revoked: bool = False,
    ) -> Proven[Principal]:
        held = Held(principal, waiting.key_id, account=account, tenant=tenant)
        proven = self._prover.put_record(waiting, principal, note=held, scopes=scopes, revoked=revoked)
        held.loaded_at = self._prover.noted(proven)[2]
        return proven

    def recheck(self, proven: Proven[Principal], /) -> Verdict | Asking:
        return self._judged(self._prover.recheck(proven), lambda: self._anew(proven), self._still_good)

    def admit_body(self, proven: Proven[Principal], body: bytes, /) -> Verdict | Asking:
        # The body is hashed here, in the thread that asks; what follows is the loop's.
        return self._judged(self._prover.prove_body(proven, body), lambda: self._anew(proven), self._spent)

    def _judged(self, known: Verdict, prove: _Prove, go_on: _GoOn) -> Verdict | Asking:
        code, about, number, _ = known
        if code == "proven":
            proven = cast("Proven[Principal]", about)
            return Asking(self._prover.noted(proven)[0].key_id, go_on(proven, number))
        if code in _FINAL:
            return known
        return Asking(cast("Waiting | Held", about).key_id, self._asked(known, prove, go_on))

    async def _asked(  # noqa: PLR0911 - one for each thing that may be known
        self, known: Verdict, prove: _Prove, go_on: _GoOn
    ) -> Verdict:
        """Ask the server before a record is read, or a refusal of one that was read earlier is believed."""
        code, about, number, _ = known
        if code == "proven":
            return await go_on(cast("Proven[Principal]", about), number)
        if code in _FINAL:
            return known
        if code == "need_record":
            waiting = cast("Waiting", about)
            revocations = await self._look(waiting.key_id)
            if revocations is None:
                return self._over(waiting.key_id)
            return code, self._prover.at(waiting, revocations), 0, None
        held = cast("Held", about)
        revocations = await self._look(held.key_id)
        if revocations is None:
            return self._over(held.key_id)
        if revocations == held.loaded_at:
            return code, held.principal, 0, None
        self._prover.forget(held.key_id)
        return await self._asked(prove(), prove, go_on)

    def _anew(self, proven: Proven[Principal]) -> Verdict:
        return "need_record", self._prover.outdated(proven, 0), 0, None

    async def _still_good(self, proven: Proven[Principal], number: int) -> Verdict:
        held, _, loaded_at = self._prover.noted(proven)
        revocations = await self._look(held.key_id)
        if revocations is None:
            return self._over(held.key_id)
        if revocations != loaded_at:
            return "need_record", self._prover.outdated(proven, revocations), 0, None
        return "proven", proven, number, None

    async def _spent(self, proven: Proven[Principal], number: int) -> Verdict:
        """The number and the limits."""
        held, of_class, loaded_at = self._prover.noted(proven)
        revocations = self._table.revocations
        if revocations != loaded_at:
            return "need_record", self._prover.outdated(proven, revocations), 0, None
        command = self._requests.start(held, of_class) + end(number)
        answer = await self._server.ask(command, list)
        code = answer[0]
        if code == _ADMITTED:
            return "admitted", held.principal, number, self._admitted(of_class, answer)
        if code == _REPLAYED:
            return "replayed", held.principal, answer[1], None
        if code == _LIMITED:
            return "limited", held.principal, 0, self._limited(of_class, answer)
        if code == _ENDED:
            return "revoked", held.principal, 0, None
        await self._server.learn(answer)
        return self._over(held.key_id)

    async def _look(self, key_id: str) -> int | None:
        """Return where the revocations stand, or None where the session has no window in the life that is now."""
        # Before the server is asked: what is raised in between is seen at the next step.
        revocations = self._table.revocations
        window, epoch = self._names.window_of(key_id), key_id.partition(".")[2]
        code, *_ = await self._server.told("look", window, arguments=(epoch,))
        return None if code == OTHER_LIFE else revocations

    def _over(self, key_id: str) -> Verdict:
        self._prover.forget(key_id)
        return "epoch", key_id, 0, None

    def _admitted(self, of_class: int, answer: list[int]) -> Decision:
        _, told, remaining, reset, shadowed = answer
        order = self._requests.order(of_class)
        if told == 0:
            # No rule speaks for the caller to see.
            number, limit, remaining = order[0], _NOBODY_COUNTS, _NOBODY_COUNTS
        else:
            number = order[told - 1]
            limit = self._requests.policies[number].burst
        return Decision(True, number, limit, remaining, _milliseconds(reset), 0, _in_shadow(order, shadowed))

    def _limited(self, of_class: int, answer: list[int]) -> Decision:
        _, told, reset, retry_after, shadowed = answer
        order = self._requests.order(of_class)
        number = order[told - 1]
        policy = self._requests.policies[number]
        remaining = max(0, owed(policy) - reset) // cost(policy)
        shadows = _in_shadow(order, shadowed)
        return Decision(
            False, number, policy.burst, remaining, _milliseconds(reset), _milliseconds(retry_after), shadows
        )


def _milliseconds(microseconds: int) -> int:
    return -(-microseconds // _MICROSECONDS_A_MILLISECOND)


def _in_shadow(order: tuple[int, ...], shadowed: int) -> int:
    """Return the bits by the place in a request as bits by policy."""
    return sum(1 << number for place, number in enumerate(order) if shadowed >> place & 1) if shadowed else 0
