"""The metrics of one worker, in one registry, as numbers that the supervisor can ask for."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bridge.observability import catalogue
from bridge.observability.catalogue import CATALOGUE, MetricInfo
from bridge.observability.requests import RequestMeter
from bridge.observability.sink import LogSink

if TYPE_CHECKING:
    # The supervisor merges metrics at its start, and has no use for SQLAlchemy, which stands behind this.
    from backend.web.boundary import Boundary
    from backend.web.unproven import Unproven

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]
"""The ending of the sample's name (such as `_bucket`), its labels and its value."""

Reading = Callable[[], Iterable[Sample]]
Snapshot = dict[str, list[tuple[str, dict[str, str], float]]]
"""Each metric's samples by its name; JSON keeps it as it is, but for the tuples that become lists."""

_STATM: Final = Path("/proc/self/statm")


class Metrics(Collector):
    """Reads every metric when asked and keeps none itself; whoever owns a number registers how to read it."""

    def __init__(self, *, version: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = RequestMeter()
        self._readings: dict[MetricInfo, Reading] = {}
        self.read_from(catalogue.BUILD, lambda: [("", {"version": version}, 1)])
        self.read_from(catalogue.REQUESTS, self._request_samples)
        self.read_from(catalogue.CPU, lambda: [("_total", {}, time.process_time())])
        if _STATM.exists():
            self.read_from(catalogue.MEMORY, lambda: [("", {}, _resident_bytes())])
        self.registry.register(self)

    def read_from(self, info: MetricInfo, reading: Reading) -> None:
        """Say where the numbers of a metric come from; a metric that is not in the catalogue has no documentation."""
        if info not in CATALOGUE:
            raise ValueError(f"the metric {info.name} is not in the catalogue")
        self._readings[info] = reading

    def watch(self, boundary: "Boundary", unproven: "Unproven", sink: LogSink | None) -> None:
        """Read what the application counts by itself."""
        self.read_from(catalogue.IN_FLIGHT, lambda: [("", {}, boundary.in_flight)])
        self.read_from(catalogue.CONNECTIONS, lambda: [("", {}, unproven.connections)])
        self.read_from(catalogue.UNPROVEN_WAITED, lambda: [("", {}, unproven.bytes)])
        self.read_from(
            catalogue.UNPROVEN_REFUSED,
            lambda: [("_total", {"what": what}, number) for what, number in sorted(unproven.refused.items())],
        )
        if sink is not None:
            self.read_from(catalogue.LOST_LINES, lambda: [("_total", {}, sink.lost)])

    def collect(self) -> Iterator[Metric]:
        for info in CATALOGUE:
            if info in self._readings:
                yield family(info, self._readings[info]())

    def snapshot(self) -> Snapshot:
        """Return all numbers of this worker, ready for JSON."""
        stems = {_stem(info): info for info in CATALOGUE}
        return {
            stems[metric.name].name: [
                (sample.name.removeprefix(metric.name), dict(sample.labels), sample.value) for sample in metric.samples
            ]
            for metric in self.registry.collect()
        }

    def _request_samples(self) -> Iterator[Sample]:
        for route, status, tally in self.requests.tallies():
            labels = {"route": route, "status": status}
            for bound, count in tally.cumulative():
                yield "_bucket", {**labels, "le": bound}, count
            yield "_count", labels, sum(tally.buckets)
            yield "_sum", labels, tally.seconds


def family(info: MetricInfo, samples: Iterable[Sample]) -> Metric:
    metric = Metric(_stem(info), info.help, info.kind)
    for ending, labels, value in samples:
        metric.add_sample(_stem(info) + ending, dict(labels), value)
    return metric


def _stem(info: MetricInfo) -> str:
    """The name of the family: a counter's samples end in `_total`, its family does not."""
    return info.name.removesuffix("_total")


def _resident_bytes() -> int:
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
