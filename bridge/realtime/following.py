"""One stream with who it is for: which channels it follows, until when it may, and how it is taken away."""

import secrets
from time import monotonic
from typing import Final

from backend.db.rights_changes import Generation
from backend.errors import EpochEnded, InvalidRequest, LimitReached, NotProven, RequestError, ServiceError
from bridge.gate.principal import Principal
from bridge.gate.sessions.service import Found
from bridge.realtime import items
from bridge.realtime.cursor import read_begin
from bridge.realtime.desk import Desk
from bridge.realtime.feed import Feed
from bridge.realtime.followers import Follower, SessionFollower
from bridge.realtime.names import read_name
from bridge.realtime.places import Wanted
from bridge.realtime.stream import Stream

MOST_CHANNELS: Final = 64
_ID_BYTES: Final = 16


def new_stream_id() -> str:
    return secrets.token_urlsafe(_ID_BYTES)


class Following:
    __slots__ = ("_desk", "_feeds", "asked_at", "asked_in", "follower", "id", "stream", "sure_at")

    def __init__(self, desk: Desk, stream: Stream, follower: Follower, stream_id: str) -> None:
        self.id = stream_id
        self.stream = stream
        self.follower = follower
        # The generation of rights in which they were asked for, and when; of whoever is new they are asked for soon, as
        # they may have been withdrawn since the door.
        self.asked_in: Generation | None = None
        self.asked_at = self.sure_at = monotonic()
        self._desk = desk
        self._feeds: dict[str, Feed] = {}

    @property
    def sid(self) -> str | None:
        """The session that it is for; None where it is for a person or an API key."""
        return self.follower.principal.sid if isinstance(self.follower, SessionFollower) else None

    def learn(self, sid: str, record: Found | None) -> None:
        """Take what the record of a session says, which was asked for while this was the stream's."""
        follower = self.follower
        # What was extended meanwhile goes on, whatever became of the session before.
        if isinstance(follower, SessionFollower) and follower.principal.sid == sid:
            try:
                self.follower = follower.again(record)
            except RequestError as error:
                self._end_for(error)
            else:
                self._check_channels()

    def plan(self, wanted: Wanted) -> None:
        """Note what is followed next, so that whoever is cut off in between comes back for all of it."""
        for channel, begin_text in wanted:
            try:
                self.stream.places[read_name(channel).text] = read_begin(begin_text)
            except InvalidRequest:
                continue  # denied when its turn comes

    async def follow(self, channel: str, begin_text: str) -> None:
        """Follow a channel from a place; where that may not be, this is said and the others go on."""
        try:
            name, begin = read_name(channel), read_begin(begin_text)
            self.follower.check(name)
            if channel not in self._feeds and len(self._feeds) >= MOST_CHANNELS:
                raise LimitReached(f"One stream follows {MOST_CHANNELS} channels at the most.")
            feed = await self._desk.hub.feed(channel, begin)
            # They may have lost it while the channel was opened.
            self.follower.check(name)
        except (RequestError, ServiceError) as error:
            # Also where it was followed before: what is denied tells nothing any more.
            self._let_go(channel)
            self._deny(channel, error)
            return
        if self.stream.is_over:
            return
        self._let_go(channel)
        # By the name that all its followers share, and not by that of this frame.
        channel = feed.channel
        self._feeds[channel] = feed
        feed.attach(self.stream, begin)
        self._desk.presence.enters(channel, self.id, kind=self.follower.kind, holder_id=self.follower.id)

    def leave(self, channel: str) -> None:
        self._let_go(channel)
        self.stream.say(items.left(channel))

    def extend(self, principal: Principal) -> None:
        """Go on with a new session of the same holder; RequestError where it is of another."""
        follower = self.follower
        if not isinstance(follower, SessionFollower) or not self.is_of(principal):
            raise NotProven
        self.follower = SessionFollower(principal, follower.gate, follower.address)
        self.asked_in = None
        self.stream.go_on_with(self._desk.stream_key(principal))
        self._check_channels()

    def is_of(self, principal: Principal) -> bool:
        """Whether a session is of the device or game key that this stream is for."""
        return isinstance(self.follower, SessionFollower) and self.follower.is_of_same_holder(principal)

    async def ask_again(self) -> None:
        """End what they may not have any more."""
        asked = self.follower
        try:
            found = await asked.asked_again()
        except RequestError as error:
            # What was extended meanwhile goes on, whatever became of the session before.
            if self.follower is asked:
                self._end_for(error)
            return
        if self.follower is asked:
            self.follower = found
            self._check_channels()

    def _end_for(self, error: RequestError) -> None:
        self.end("expired" if isinstance(error, EpochEnded) else "revoked", error.sentence)

    def check_time(self) -> None:
        left = self.follower.seconds_left
        if left is not None and left <= 0:
            self.end("expired", "The session of this stream is over, and the stream was not extended.")
        else:
            self.stream.check_age(self._desk.timing.unread_seconds)

    def end(self, code: str, detail: str, *, retry_after_seconds: float = 0.0) -> None:
        self.stream.end(code, detail, retry_after_seconds=retry_after_seconds)

    def close(self) -> None:
        """Follow nothing any more."""
        for channel in list(self._feeds):
            self._let_go(channel)

    @property
    def expires_in_seconds(self) -> int | None:
        left = self.follower.seconds_left
        return None if left is None else max(0, int(left))

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(self._feeds)

    def _check_channels(self) -> None:
        for channel in list(self._feeds):
            try:
                self.follower.check(read_name(channel))
            except RequestError as error:
                self._let_go(channel)
                self._deny(channel, error)

    def _let_go(self, channel: str) -> None:
        feed = self._feeds.pop(channel, None)
        if feed is not None:
            feed.detach(self.stream)
            self.stream.left(channel)
            self._desk.hub.detached(feed)
            self._desk.presence.leaves(channel, self.id, holder_id=self.follower.id)

    def _deny(self, channel: str, error: RequestError | ServiceError) -> None:
        self.stream.denied(channel, items.denied(channel, error))
