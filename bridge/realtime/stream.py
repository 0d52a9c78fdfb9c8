"""What goes out over one connection: the items of all channels that it follows, in step with how fast they are read."""

from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Final, Protocol

from bridge.realtime import items
from bridge.realtime.backlog import Backlog, size_of
from bridge.realtime.batch import Batch
from bridge.realtime.cursor import Begin, Cursor
from bridge.realtime.feed import Feed, Reason
from bridge.realtime.forms import Form, Item, digests
from bridge.realtime.message import Message
from bridge.realtime.meter import StreamMeter
from bridge.realtime.post import Post
from bridge.realtime.seals import Sealer
from bridge.realtime.told import Told
from core_rs import MacKey

# So much is written at once to somebody who reads again.
_PORTION_BYTES: Final = 64 * 1024
_TOO_SLOW: Final = "This client did not read for too long; follow anew from the cursor of its last item."


class Line(Protocol):
    """The connection, as a stream uses it."""

    def write(self, data: bytes, /) -> object: ...
    def socket(self) -> int:
        """Return the number of its socket where that may be written to past everything else now, or one below 0."""
        ...

    def end(self, code: str, last: bytes) -> None:
        """End it after what was written and this last item; cut it where that is not taken soon."""
        ...


class Stream:
    """A member of feeds. Its line says when it takes nothing more, and when it does again."""

    __slots__ = ("_backlog", "_form", "_held", "_line", "_meter", "_post", "_sealer", "is_over", "places")

    def __init__(
        self, line: Line, form: Form, sealer: Sealer | None, meter: StreamMeter, post: Post | None = None
    ) -> None:
        self._line = line
        self._form = form
        self._sealer = sealer
        self._meter = meter
        # What is handed out to many goes by it.
        self._post = post
        self._held = False
        # There is one only while the line is held.
        self._backlog: Backlog | None = None
        self.is_over = False
        # After what was sent of each channel; where it is to begin, until something was.
        self.places: dict[str, Begin] = {}

    @property
    def is_held(self) -> bool:
        return self._held

    def say(self, item: Told) -> None:
        """Send an item that is no message."""
        if self.is_over:
            return
        if self._held:
            self._keep([(item, monotonic())], size_of(item))
        else:
            self._send_items([item])

    def begun(self, feed: Feed, at: Cursor) -> None:
        self.say(items.following(feed.channel, at))

    def take(self, feed: Feed, batch: Batch) -> None:
        parts, post = batch.parts, self._post
        if post is not None and post.is_open and len(parts) == 1 and not (self._held or self.is_over):
            socket = self._line.socket()
            if socket >= 0:
                self._put_batch(feed.channel, batch, post, socket)
                return
        # One of many parts may be more than the line takes at once.
        for part in parts:
            if self.is_over:
                return
            if self._held:
                self._keep(part.waiting, part.waiting_bytes)
            else:
                self._send_batch(feed.channel, part)

    def reset(self, feed: Feed, at: Cursor, reason: Reason) -> None:
        self._meter.resets[reason] += 1
        if self._backlog is not None:
            # What waits of it was of before.
            self._backlog.forget(feed.channel, but=items.FOLLOWING)
        self.say(items.reset(feed.channel, at, reason))

    def stale(self, feed: Feed) -> None:
        self.say(items.stale(feed.channel))

    def live(self, feed: Feed) -> None:
        backlog, place = self._backlog, feed.cursor
        if backlog is not None:
            if backlog.strike(feed.channel, items.STALE) or backlog.tells_place(feed.channel):
                # They were not told that it was away, or have their place from what waits.
                return
            sent = self.places.get(feed.channel)
            place = sent if isinstance(sent, Cursor) else place
        self.say(items.live(feed.channel, place))

    def denied(self, channel: str, item: Told) -> None:
        self.places.pop(channel, None)
        self.say(item)

    def left(self, channel: str) -> None:
        self.places.pop(channel, None)
        if self._backlog is not None:
            self._backlog.forget(channel)

    def hold(self) -> None:
        """Keep what comes: the other side does not read."""
        self._held = True

    def go_on(self) -> None:
        """Send what was kept, as far as it is taken."""
        self._held = False
        backlog = self._backlog
        while backlog is not None and not self._held and not self.is_over:
            portion = backlog.portion(_PORTION_BYTES)
            if not portion:
                self._backlog = None
                return
            self._send_items(portion)

    def go_on_with(self, key: MacKey) -> None:
        """Seal with the key of a new session."""
        if self._sealer is not None:
            self._sealer.go_on_with(key)

    def check_age(self, most_seconds: float) -> None:
        """End the stream where what waits has waited too long."""
        since = None if self._backlog is None else self._backlog.waits_since()
        if since is not None and monotonic() - since > most_seconds:
            self.end("slow", _TOO_SLOW)

    def end(self, code: str, detail: str, *, retry_after_seconds: float = 0.0) -> None:
        """Say why it ends and where it stood, then close the line; nothing is sent any more."""
        if self.is_over:
            return
        self.is_over = True
        self._meter.ended[code] += 1
        last = items.bye(code, detail, retry_after_seconds, self.places)
        self._backlog = None
        self._line.end(code, self._sealed([last]))

    def _put_batch(self, channel: str, batch: Batch, post: Post, socket: int) -> None:
        """Have it sent with that of all others; the line is written to by nobody else until then."""
        data = self._batch_sealed(channel, batch)
        # Without a seal they are the very same bytes for all.
        put = post.put_shared if self._sealer is None else post.put
        put(socket, data, self._line)

    def _send_batch(self, channel: str, batch: Batch) -> None:
        self._line.write(self._batch_sealed(channel, batch))

    def _batch_sealed(self, channel: str, batch: Batch) -> bytes:
        """Return a batch as it is sent now; it counts as sent from here on."""
        self.places[channel] = batch.cursor
        self._meter.delivered += len(batch.messages)
        data = self._form.batch(batch, self.places)
        if self._sealer is None:
            return data
        return data + self._form.seal(self._sealer.seal(batch.digests, len(batch.messages)))

    def _send_items(self, sent: Sequence[Item]) -> None:
        data = self._sealed(sent)
        for item in sent:
            if item.channel is not None and item.cursor is not None:
                self.places[item.channel] = item.cursor
            if isinstance(item, Message):
                self._meter.delivered += 1
        self._line.write(data)

    def _sealed(self, sent: Sequence[Item]) -> bytes:
        data = self._form.items(sent, self.places)
        if self._sealer is not None:
            data += self._form.seal(self._sealer.seal(digests(sent), len(sent)))
        return data

    def _keep(self, waiting: Iterable[tuple[Item, float]], size: int) -> None:
        if self._backlog is None:
            self._backlog = Backlog()
        self._meter.coalesced += self._backlog.extend_by(waiting, size)
        if self._backlog.is_too_large:
            self.end("slow", _TOO_SLOW)
