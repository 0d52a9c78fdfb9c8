"""One line and one measurement for every answer."""

import os
from datetime import UTC, datetime
from time import perf_counter, time

from backend.web.caller_address import CallerAddress
from backend.web.exchange import Exchange
from bridge.observability.addresses import truncated
from bridge.observability.logs import ACCESS
from bridge.observability.requests import RequestMeter
from bridge.observability.sink import LogSink


class AccessLog:
    """Called by the server after each answer; `sink` is None where the level of the log leaves these lines out."""

    def __init__(self, caller_address: CallerAddress, meter: RequestMeter, sink: LogSink | None) -> None:
        self._caller_address = caller_address
        self._meter = meter
        self._sink = sink
        self._second = 0
        self._opening = ""

    def __call__(self, exchange: Exchange, status: int, sent_bytes: int) -> None:
        seconds = perf_counter() - exchange.began
        self._meter.observe(exchange.route, status, seconds)
        if self._sink is None:
            return
        now = time()
        second = int(now)
        if second != self._second:
            self._second = second
            self._opening = self._opening_of(second)
        # Written by hand: nothing here can hold a character that JSON escapes. The method is one that the parser knows,
        # the route stands in our own tables, the address is the text of a network, and the rest are numbers.
        line = (
            f'{self._opening}{int((now - second) * 1000):03d}+00:00","request_id":"{exchange.request_id}",'
            f'"method":"{exchange.method}","route":"{exchange.route}","status":{status},'
            f'"duration_ms":{seconds * 1000:.3f},"bytes":{sent_bytes},'
            f'"address":"{truncated(self._caller_address.of(exchange))}"}}'
        )
        self._sink.write_with_tick(line.encode("ascii"), exchange.event_loop)

    def _opening_of(self, second: int) -> str:
        moment = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f'{{"level":"info","logger":"{ACCESS}","pid":{os.getpid()},"event":"request","time":"{moment}.'
