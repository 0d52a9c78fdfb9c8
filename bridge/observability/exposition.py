"""Many workers' numbers as the one text that Prometheus reads."""

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from bridge.observability.catalogue import CATALOGUE, Merge, MetricInfo
from bridge.observability.metrics import Sample, Snapshot, family

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

Cell = tuple[str, tuple[tuple[str, str], ...]]


def merge(snapshots: Mapping[str, Snapshot], ended: Snapshot | None = None) -> str:
    """Return the exposition of all workers by their labels, and of what ended workers had counted."""
    registry = CollectorRegistry()
    registry.register(_Merged(snapshots, ended or {}))
    return generate_latest(registry).decode()


def fold(ended: Snapshot, last: Snapshot) -> Snapshot:
    """Add an ended worker's last counts to those of the ones before it: a counter may never go down."""
    counted = [info for info in CATALOGUE if info.kind != "gauge"]
    folded: Snapshot = {}
    for info in counted:
        cells: dict[Cell, float] = {}
        for snapshot in (ended, last):
            _add(cells, snapshot, info)
        folded[info.name] = [(ending, dict(labels), value) for (ending, labels), value in cells.items()]
    return folded


class _Merged(Collector):
    def __init__(self, snapshots: Mapping[str, Snapshot], ended: Snapshot) -> None:
        self._snapshots = snapshots
        self._ended = ended

    def collect(self) -> Iterator[Metric]:
        for info in CATALOGUE:
            samples = list(self._samples(info))
            if samples:
                yield family(info, samples)

    def _samples(self, info: MetricInfo) -> Iterator[Sample]:
        if info.merge is Merge.WORKER:
            for worker, snapshot in self._snapshots.items():
                for ending, labels, value in snapshot.get(info.name, ()):
                    yield ending, {**labels, "worker": worker}, value
            return
        cells: dict[Cell, float] = {}
        for snapshot in (self._ended, *self._snapshots.values()):
            _add(cells, snapshot, info)
        for (ending, pairs), value in cells.items():
            yield ending, dict(pairs), value


def _add(cells: dict[Cell, float], snapshot: Snapshot, info: MetricInfo) -> None:
    for ending, labels, value in snapshot.get(info.name, ()):
        cell = (ending, tuple(labels.items()))
        if info.merge is Merge.MAX:
            cells[cell] = max(cells.get(cell, value), value)
        else:
            cells[cell] = cells.get(cell, 0) + value
