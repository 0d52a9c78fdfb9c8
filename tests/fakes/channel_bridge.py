"""A stand-in bridge with channels, written from docs/protocol.md alone; it misbehaves when a test asks it to.

What it cannot show is that the real bridge does the same; tests/integration/realtime does that.
"""

import asyncio
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.fakes.stand_in_bridge import READ_LIST, StandInBridge, b64, mac, sha, signature_base, use

Item = dict[str, Any]
StreamFault = Literal[
    "unsealed",  # it comes, and its seal never does
    "wrong_seal",
    "replayed_seal",  # the seal of the time before
    "foreign_seal",  # made for another stream
    "old_key_seal",  # made with the key of the session before the one that took over
    "fewer_items",  # the seal says that it is for one item less
    "changed",  # somebody changed the item under its seal
    "duplicate",  # it comes twice
    "skip",  # it does not come
    "cut",  # the connection goes away instead
    "skip_fault",  # in order, for once
]
WelcomeFault = Literal[
    "unsealed",
    "wrong_seal",
    "says_unsealed",
    "none",
    "old_stream",  # the id of the first one, under a right seal
    "recorded",  # what was said on the first one, as it was said
]


@dataclass
class Log:
    """A channel: all of it is kept, from `oldest` on."""

    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    messages: list[Item] = field(default_factory=list)
    oldest: int = 1

    @property
    def top(self) -> int:
        return len(self.messages)

    def cursor(self, offset: int) -> str:
        return f"{self.epoch}.{offset}"

    def forget(self, count: int) -> None:
        """Keep only the newest ones."""
        self.oldest = self.top - count + 1

    def begin(self, begin: str) -> tuple[int, str | None]:
        """Return the offset after which it begins, and why that is another than was asked for."""
        if begin == "latest":
            return self.top, None
        if begin == "earliest":
            return self.oldest - 1, None
        epoch, _, number = begin.partition(".")
        if epoch != self.epoch:
            return self.top, "epoch"
        if int(number) > self.top:
            return self.top, "ahead"
        return (self.top, "behind") if int(number) < self.oldest - 1 else (int(number), None)


class EventsOut:
    """Server-sent events, with what a WebSocket has for whoever sends."""

    def __init__(self, response: web.StreamResponse, transport: asyncio.BaseTransport | None) -> None:
        self._response = response
        self._transport = transport

    async def send_str(self, text: str) -> None:
        place = "" if '"type": "seal"' in text else "id: here\n"
        await self._response.write(f":\n\n{place}data: {text}\n\n".encode())

    async def close(self, **_code: int) -> None:
        if self._transport is not None:
            self._transport.close()

    @property
    def is_closed(self) -> bool:
        return self._transport is None or self._transport.is_closing()


@dataclass(eq=False)
class Stream:
    id: str
    request: web.Request
    socket: "web.WebSocketResponse | EventsOut"
    key: bytes
    is_sealed: bool
    device_id: str
    opened_by: str
    counter: int = 0
    channels: set[str] = field(default_factory=set)
    outbox: "asyncio.Queue[list[Item] | None]" = field(default_factory=asyncio.Queue)
    old_key: bytes = b""
    last_seal: Item | None = None


class ChannelBridge(StandInBridge):
    def __init__(self, **changed: Any) -> None:
        super().__init__(**changed)
        self.logs: dict[str, Log] = {}
        self.streams: list[Stream] = []
        self.denied: dict[str, tuple[int, str]] = {}
        # What it does wrong, to one item, or one welcome, after the other.
        self.stream_faults: deque[StreamFault] = deque()
        self.welcome_faults: deque[WelcomeFault] = deque()
        # What happened.
        self.upgrades = 0
        self.sealed = 0
        self.heard: list[Item] = []
        self.extended: list[str] = []
        self.polls: list[str] = []
        # Whether a poll is held just now, and whether its answer says where each channel begins.
        self.holds = False
        self.says_where_polls_begin = True
        self.seals_over_https = False
        self.is_stale = False
        self._news = asyncio.Event()
        self._first: tuple[str, list[str]] | None = None

    def log(self, channel: str) -> Log:
        return self.logs.setdefault(channel, Log())

    def publish(self, channel: str, data: Any, key: str | None = None) -> str:
        log = self.log(channel)
        item = {
            "type": "message",
            "channel": channel,
            "cursor": log.cursor(log.top + 1),
            "at": 1_700_000_000_000 + log.top,
            "key": key,
            "data": data,
        }
        log.messages.append(item)
        self.say(channel, item)
        self._news.set()
        return str(item["cursor"])

    def say(self, channel: str, *items: Item) -> None:
        """Say something to whoever follows a channel over a stream, true or not."""
        for stream in self.streams:
            if channel in stream.channels:
                stream.outbox.put_nowait([{**item, "channel": channel} for item in items])

    def bye(self, code: str, *, retry_after_seconds: float = 0.0) -> None:
        for stream in self.streams:
            bye = {"type": "bye", "code": code, "detail": f"It is {code}.", "cursors": {}}
            stream.outbox.put_nowait([bye | {"retry_after_seconds": retry_after_seconds}])
            stream.outbox.put_nowait(None)

    def cut(self) -> None:
        """End every stream without a word."""
        for stream in self.streams:
            if stream.request.transport is not None:
                stream.request.transport.abort()

    def heard_of(self, kind: str) -> list[Item]:
        return [frame for frame in self.heard if frame["type"] == kind]

    # The signed requests

    async def _judged(self, request: web.Request, body: bytes, session: Any, found: Any, fault: Any) -> web.Response:
        answer = await super()._judged(request, body, session, found, fault)
        if answer.status >= 300:
            return answer
        if request.path == "/v1/state":
            return web.json_response(self._state(request.query["channel"]))
        if request.path == "/v1/updates":
            self.polls.append(request.query["follow"])
            return web.json_response(await self._updates(request.query["follow"], float(request.query["wait"])))
        if request.path.startswith("/v1/streams/") and request.method == "POST":
            (stream,) = (each for each in self.streams if each.id == request.path.split("/")[3])
            self._take_over(stream, found["key_id"])
            return web.json_response({"expires_in_seconds": 960})
        return answer

    async def _signed(self, request: web.Request) -> web.StreamResponse:  # type: ignore[override]
        answer = await super()._signed(request)
        if request.path not in {"/v1/stream", "/v1/events"} or answer.status != 200:
            return answer
        self.upgrades += 1
        sent = self.sent[-1]
        session = self.sessions[sent.key_id]
        is_socket = request.path == "/v1/stream"
        response: web.StreamResponse
        socket: web.WebSocketResponse | EventsOut
        if is_socket:
            response = socket = web.WebSocketResponse(autoping=True, compress=False, max_msg_size=65_537)
        else:
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Connection": "close"})
            socket = EventsOut(response, request.transport)
        await response.prepare(request)
        is_sealed = self._tls is None or self.seals_over_https
        stream = Stream(
            secrets.token_hex(13),
            request,
            socket,
            use(session.key, "stream"),
            is_sealed,
            session.device_id,
            request.headers["Signature"].removeprefix("tbx=:").removesuffix(":"),
        )
        self.streams.append(stream)
        writer = asyncio.create_task(self._write(stream))
        try:
            await self._welcome(stream)
            if isinstance(socket, web.WebSocketResponse):
                await self._read(stream, socket)
            else:
                for each in request.query["follow"].split(","):
                    channel, _, begin = each.partition("@")
                    self.heard.append({"type": "follow", "channel": channel, "begin": begin})
                    self._follow(stream, channel, begin)
                while not socket.is_closed:  # noqa: ASYNC110 -- nobody says that whoever reads has gone
                    await asyncio.sleep(0.02)
        finally:
            self.streams.remove(stream)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return response

    # Streams

    async def _welcome(self, stream: Stream) -> None:
        fault = self.welcome_faults.popleft() if self.welcome_faults else None
        if fault == "none":
            await asyncio.Event().wait()
        if fault == "old_stream" and self._first is not None:
            stream.id = self._first[0]
        if fault == "recorded" and self._first is not None:
            stream.id, frames = self._first
            for each in frames:
                await stream.socket.send_str(each)
            stream.counter = 1
            return
        welcome = {"type": "welcome", "stream": stream.id, "expires_in_seconds": 960, "time_milliseconds": 1}
        if fault == "says_unsealed":
            stream.is_sealed = False
        if fault in {"unsealed", "wrong_seal"}:
            self.stream_faults.appendleft(fault)
        sent = await self._send(stream, [welcome | {"sealed": stream.is_sealed}])
        self._first = self._first or (stream.id, sent)

    async def _read(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        async for got in socket:
            if got.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(got.data)
            self.heard.append(frame)
            match frame["type"]:
                case "follow":
                    self._follow(stream, frame["channel"], frame["begin"])
                case "leave":
                    stream.channels.discard(frame["channel"])
                    stream.outbox.put_nowait([{"type": "left", "channel": frame["channel"]}])
                case "extend":
                    self._extend(stream, frame)

    def _follow(self, stream: Stream, channel: str, begin: str) -> None:
        if channel in self.denied:
            status, code = self.denied[channel]
            denied = {"type": "denied", "channel": channel, "status": status, "code": code, "detail": f"It is {code}."}
            stream.outbox.put_nowait([denied])
            return
        stream.channels.add(channel)
        stream.outbox.put_nowait(self._from(channel, begin))

    def _from(self, channel: str, begin: str) -> list[Item]:
        log = self.log(channel)
        after, reason = log.begin(begin)
        named = {"channel": channel, "cursor": log.cursor(after)}
        snapshot = f"/v1/state?channel={channel}"
        reset = [] if reason is None else [{"type": "reset", **named, "reason": reason, "snapshot": snapshot}]
        return [*reset, {"type": "following", **named}, *log.messages[after:]]

    def _extend(self, stream: Stream, frame: Item) -> None:
        key_id = frame["signature_input"].partition('keyid="')[2].partition('"')[0]
        session = self.sessions[key_id]
        asked = _Extension(
            f"/v1/streams/{stream.id}/extend", {"Host": stream.request.headers["Host"]} | _signed_headers(frame)
        )
        params = frame["signature_input"].removeprefix("tbx=")
        right = b64(mac(use(session.key, "request"), signature_base(asked, params, reads=True).encode()))  # type: ignore[arg-type]
        assert params.startswith(READ_LIST)
        assert frame["signature"] == f"tbx=:{right}:"
        assert session.device_id == stream.device_id
        self._take_over(stream, key_id)
        stream.outbox.put_nowait([{"type": "extended", "expires_in_seconds": 960}])

    def _take_over(self, stream: Stream, key_id: str) -> None:
        self.extended.append(key_id)
        stream.old_key, stream.key = stream.key, use(self.sessions[key_id].key, "stream")

    async def _write(self, stream: Stream) -> None:
        while (items := await stream.outbox.get()) is not None:
            await self._send(stream, items)
        await stream.socket.close(code=4000)

    async def _send(self, stream: Stream, items: list[Item]) -> list[str]:
        fault: StreamFault = self.stream_faults.popleft() if self.stream_faults else "skip_fault"
        if fault == "cut":
            self.cut()
            return []
        if fault == "skip":
            items = items[1:]
        if fault == "duplicate":
            items = [each for each in items for _ in range(2)]
        if not items:
            return []
        frames = [json.dumps(each, separators=(",", ":")) for each in items]
        sent = list(frames)
        if fault == "changed":
            sent[-1] = sent[-1].replace('"data":', '"data":1')
        if stream.is_sealed and fault != "unsealed":
            sent.append(json.dumps(self._seal(stream, frames, fault)))
        for each in sent:
            await stream.socket.send_str(each)
        return sent

    def _seal(self, stream: Stream, frames: list[str], fault: StreamFault) -> Item:
        if fault == "replayed_seal" and stream.last_seal is not None:
            return stream.last_seal
        self.sealed += 1
        stream.counter += 1
        named = "another" if fault == "foreign_seal" else stream.id
        digests = (b64(sha(each.encode())) for each in frames)
        lines = ["toolboxai-stream-1", named, stream.opened_by, str(stream.counter), *digests]
        key = stream.old_key if fault == "old_key_seal" else stream.key
        proof = bytes(32) if fault == "wrong_seal" else mac(key, "\n".join(lines).encode())
        count = len(frames) - 1 if fault == "fewer_items" else len(frames)
        seal = {"type": "seal", "counter": stream.counter, "items": count, "proof": b64(proof)}
        stream.last_seal = seal
        return seal

    # Long polls, and what holds

    async def _updates(self, follow: str, wait: float) -> Item:
        asked = [(channel, begin) for channel, _, begin in (each.partition("@") for each in follow.split(","))]
        items: list[Item] = []
        places = dict(asked)
        if all(self._is_at_top(channel, begin) for channel, begin in asked):
            for channel, begin in asked:
                if begin in {"latest", "earliest"}:
                    places[channel] = self.log(channel).cursor(self.log(channel).top)
            await self._until_news(wait)
        cursors = {}
        for channel, begin in places.items():
            if channel in self.denied:
                status, code = self.denied[channel]
                items.append({"type": "denied", "channel": channel, "status": status, "code": code, "detail": code})
                continue
            is_new = dict(asked)[channel] in {"latest", "earliest"}
            items += [
                each
                for each in self._from(channel, begin)
                if each["type"] != "following" or (self.says_where_polls_begin and is_new)
            ]
            cursors[channel] = self.log(channel).cursor(self.log(channel).top)
            if self.is_stale:
                items.append({"type": "stale", "channel": channel})
        if self.stream_faults and any(each["type"] == "message" for each in items):
            fault = self.stream_faults.popleft()
            if fault == "skip":
                items.remove(next(each for each in items if each["type"] == "message"))
            if fault == "duplicate":
                items = [each for each in items for _ in range(2)]
        return {"items": items, "cursors": cursors}

    def _is_at_top(self, channel: str, begin: str) -> bool:
        log = self.log(channel)
        return channel not in self.denied and log.begin(begin) == (log.top, None)

    async def _until_news(self, seconds: float) -> None:
        self._news.clear()
        self.holds = True
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
        finally:
            self.holds = False

    def _state(self, channel: str) -> Item:
        log = self.log(channel)
        held = {each["key"]: each for each in log.messages if each["key"] is not None}
        entries = [
            {name: each[name] for name in ("key", "at", "cursor", "data")}
            for each in held.values()
            if each["data"] is not None
        ]
        return {"channel": channel, "cursor": log.cursor(log.top), "entries": entries}


@dataclass
class _Extension:
    """As far as a signature base needs a request."""

    raw_path: str
    headers: dict[str, str]
    method: str = "GET"


def _signed_headers(frame: Item) -> dict[str, str]:
    return {
        "Content-Digest": frame["content_digest"],
        "Signature-Input": frame["signature_input"],
        "Signature": frame["signature"],
    }
