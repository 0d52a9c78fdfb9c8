"""Where single use and limits are kept: one interface, two homes, one suite of conformance.

The answer to a request is a verdict as `core_rs.Gate` gives it. A store whose memory is far away returns `Asking` in
its place, which is awaited; the near one costs no task switch.
"""

from collections.abc import Coroutine, Generator, Mapping
from typing import Literal, Protocol, TypeAlias

from bridge.gate.principal import Principal
from core_rs import Decision, Demand, Proven, Waiting

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
# code, whom or what it is about, a number, the limit that is told: docs/core.md.
Verdict: TypeAlias = tuple[str, object, int, Decision | None]
Spending: TypeAlias = Literal["accepted", "spent", "expired", "too_long", "full"]


class Asking:
    """A verdict that a far store is asked for. The MAC was right: whatever becomes of it may be proven to `key_id`."""

    __slots__ = ("_verdict", "key_id")

    def __init__(self, key_id: str, verdict: Coroutine[object, None, Verdict]) -> None:
        self.key_id = key_id
        self._verdict = verdict

    def __await__(self) -> Generator[object, None, Verdict]:
        return self._verdict.__await__()


class GateStore(Protocol):
    @property
    def epoch(self) -> str:
        """One life of what is remembered; a session of another life is over."""
        ...

    async def open_window(self, sid: bytes, *, life_seconds: int) -> None:
        """Let the numbers of a new session be used; `sid` is its 16 random bytes."""
        ...

    async def spend(self, token: bytes, *, life_seconds: int) -> Spending:
        """Use a challenge or a ticket up."""
        ...

    def replace_masters(self, masters: Mapping[int, bytes]) -> None:
        """Take the versions of the master key that there are now; sessions of the others are over."""
        ...

    async def end_window(self, sid: bytes) -> None:
        """Take no number of a session any more, in any worker: it is `revoked`, as its record has to say before."""
        ...

    def demand(self, class_policy: str, *, scopes: int = 0) -> Demand: ...

    def admit(  # noqa: PLR0917 - by place, as the core takes them: names would cost more than the call
        self, demand: Demand, address: str, method: str, target: str, headers: Headers, body: bytes, /
    ) -> Verdict | Asking: ...

    def admit_head(
        self, demand: Demand, address: str, method: str, target: str, headers: Headers, /
    ) -> Verdict | Asking: ...

    def put_record(
        self,
        waiting: Waiting,
        principal: Principal,
        *,
        account: bytes,
        tenant: bytes,
        scopes: int = 0,
        revoked: bool = False,
    ) -> Proven[Principal]: ...

    def recheck(self, proven: Proven[Principal], /) -> Verdict | Asking: ...

    def admit_body(self, proven: Proven[Principal], body: bytes, /) -> Verdict | Asking: ...
