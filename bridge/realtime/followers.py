"""Who follows channels, and which of them they may: asked when a channel is begun, and again when rights change."""

from dataclasses import dataclass
from time import time
from typing import Final, Protocol

from backend.errors import NOTHING_HERE, EpochEnded, NotFound, OutOfScope
from backend.web.access import Authenticator
from backend.web.caller import Caller
from backend.web.permission import TENANT, Demand, authorise
from backend.web.sender import Sender
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.principal import DEVICE, GAME_KEY, Principal, Scope
from bridge.gate.sessions.life import OVERLAP_SECONDS
from bridge.gate.sessions.service import Found
from bridge.gate.signed.refusals import revoked
from bridge.realtime.names import ChannelKind, ChannelName

SCOPES: Final = {
    ChannelKind.TENANT: Scope.READ,
    ChannelKind.PROJECT: Scope.SYNC,
    ChannelKind.GAME: Scope.GAME,
}
# What people and API keys need in the tenant; the channels of the other kinds are for sessions alone.
PERMISSIONS: Final = {ChannelKind.TENANT: "tenant.read"}


class Follower(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...

    def check(self, channel: ChannelName) -> None:
        """Raise RequestError unless they may follow it: OutOfScope, Forbidden, or NotFound for what is another's."""
        ...

    async def asked_again(self) -> "Follower":
        """Return them with the rights that they have now; RequestError where they may not be here any more."""
        ...

    @property
    def seconds_left(self) -> float | None:
        """How long they may stay without saying anything; None where nothing but a withdrawal ends it."""
        ...


@dataclass(frozen=True, slots=True)
class SessionFollower:
    """A device or a game server, by its session."""

    principal: Principal
    gate: Gatehouse
    address: str | None

    @property
    def kind(self) -> str:
        return self.principal.kind

    @property
    def id(self) -> str:
        return self.principal.holder_id

    def check(self, channel: ChannelName) -> None:
        principal = self.principal
        if channel.tenant_id != principal.tenant_id:
            raise NotFound(NOTHING_HERE)
        if SCOPES[channel.kind] not in principal.scopes:
            raise OutOfScope("This session may do other things, but not follow this channel.")
        if channel.kind is ChannelKind.PROJECT and principal.project_id not in {None, channel.of}:
            raise NotFound(NOTHING_HERE)
        if channel.kind is ChannelKind.GAME and (
            principal.kind != GAME_KEY or channel.of != str(principal.universe_id)
        ):
            raise NotFound(NOTHING_HERE)

    async def asked_again(self) -> "SessionFollower":
        return self.again(await self.gate.records.find(self.principal.sid))

    def again(self, record: Found | None) -> "SessionFollower":
        """Return them with what their record says now; RequestError where they may not be here any more."""
        if record is None:
            raise EpochEnded("This session has ended; open a new one and follow anew.")
        principal = record.principal
        if record.revoked or principal.tenant_id != self.principal.tenant_id:
            raise revoked()
        if principal.kind != DEVICE:
            principal.places.check(principal.universe_id, principal.place_id, self.address)
        # Of one session there is one principal then, however many streams it has and however often they are asked for.
        return self if principal == self.principal else SessionFollower(principal, self.gate, self.address)

    @property
    def seconds_left(self) -> float:
        return self.principal.ends_at / 1000 + OVERLAP_SECONDS - time()

    def is_of_same_holder(self, other: Principal) -> bool:
        mine = self.principal
        return (mine.kind, mine.holder_id, mine.tenant_id) == (other.kind, other.holder_id, other.tenant_id)


@dataclass(frozen=True, slots=True)
class CallerFollower:
    """A person or an API key, by what their request brought."""

    caller: Caller
    sender: Sender
    authenticator: Authenticator

    @property
    def kind(self) -> str:
        return self.caller.kind

    @property
    def id(self) -> str:
        return self.caller.id

    def check(self, channel: ChannelName) -> None:
        permission = PERMISSIONS.get(channel.kind)
        if permission is None:
            raise NotFound(NOTHING_HERE)
        wanted = Demand(permission, step_up=False, in_tenant=True, in_class=False, narrowed=False)
        authorise(wanted, self.caller, {TENANT: channel.tenant_id}, now=time())

    async def asked_again(self) -> "CallerFollower":
        caller = await self.sender.who_asks(self.authenticator)
        return CallerFollower(caller, self.sender, self.authenticator)

    @property
    def seconds_left(self) -> None:
        return None
