"""Where single use and limits are kept: one interface, two homes, one suite of conformance.

The answer to a request is a verdict as `core_rs.Gate` gives it. A store whose memory is far away returns an awaitable
in its place: `found if type(found) is tuple else await found`, so that the near one costs no task switch.
"""

from collections.abc import Awaitable, Mapping
from typing import Literal, Protocol, TypeAlias

from bridge.gate.principal import Principal
from core_rs import Decision, Demand, Proven, Waiting

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
# code, whom or what it is about, a number, the limit that is told: docs/core.md.
Verdict: TypeAlias = tuple[str, object, int, Decision | None]
Spending: TypeAlias = Literal["accepted", "spent", "expired", "too_long", "full"]


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

    async def revoke(self) -> None:
        """Have every worker read each record anew, at the session's next request."""
        ...

    def demand(self, class_policy: str, *, scopes: int = 0) -> Demand: ...

    def admit(  # noqa: PLR0917 - by place, as the core takes them: names would cost more than the call
        self, demand: Demand, address: str, method: str, target: str, headers: Headers, body: bytes, /
    ) -> Verdict | Awaitable[Verdict]: ...

    def admit_head(
        self, demand: Demand, address: str, method: str, target: str, headers: Headers, /
    ) -> Verdict | Awaitable[Verdict]: ...

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

    def recheck(self, proven: Proven[Principal], /) -> Verdict | Awaitable[Verdict]: ...

    def admit_body(self, proven: Proven[Principal], body: bytes, /) -> Verdict | Awaitable[Verdict]: ...
