"""What is said on one WebSocket about its channels: which frames go out, and which items are meant. Pure."""

from collections import deque
from enum import Enum, auto
from typing import Final, TypeAlias

from bridge.client.following.events import Reset, Stale
from bridge.client.following.items import Denied, Following, Left, OfChannel

# As JSON.
FrameOut: TypeAlias = dict[str, str]


class _Talk(Enum):
    ASKED = auto()  # what comes before the answer is of an earlier beginning
    FLOWS = auto()
    LEAVING = auto()
    BACK_SOON = auto()  # leaving, and to be followed again after that


# What is of use before it is said where the channel begins.
_BEFORE_IT_BEGINS: Final = (Reset, Stale)


class Wire:
    """A channel has one question under way: so the bridge's answers are never taken for those to an older one."""

    def __init__(self) -> None:
        self.out: deque[FrameOut] = deque()
        self._talks: dict[str, _Talk] = {}

    def follow(self, channel: str, begin: str) -> None:
        """Follow it, or follow it anew."""
        if self._talks.get(channel) in {_Talk.LEAVING, _Talk.BACK_SOON}:
            self._talks[channel] = _Talk.BACK_SOON
            return
        self._talks[channel] = _Talk.ASKED
        self.out.append({"type": "follow", "channel": channel, "begin": begin})

    def hold(self, channel: str) -> None:
        """Leave what comes until it is followed anew."""
        self._talks[channel] = _Talk.ASKED

    def leave(self, channel: str) -> None:
        if channel in self._talks:
            if self._talks[channel] not in {_Talk.LEAVING, _Talk.BACK_SOON}:
                self.out.append({"type": "leave", "channel": channel})
            self._talks[channel] = _Talk.LEAVING

    def is_meant(self, item: OfChannel) -> bool:
        """Note what the item says of the talk, and return whether it is for whoever follows now."""
        talk = self._talks.get(item.channel)
        if talk in {None, _Talk.LEAVING, _Talk.BACK_SOON}:
            if not isinstance(item, Left) or talk is None:
                return False
            del self._talks[item.channel]
            # Whoever is back has to be asked where to begin.
            return talk is _Talk.BACK_SOON
        if isinstance(item, Denied):
            del self._talks[item.channel]
        elif talk is _Talk.ASKED and isinstance(item, Following):
            self._talks[item.channel] = _Talk.FLOWS
        elif talk is _Talk.ASKED:
            return isinstance(item, _BEFORE_IT_BEGINS)
        return True
