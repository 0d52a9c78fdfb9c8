import orjson
from prometheus_client.parser import text_string_to_metric_families

from bridge.observability.catalogue import CATALOGUE, MetricInfo
from bridge.observability.exposition import fold, merge
from bridge.observability.metrics import Metrics, Snapshot

REQUESTS = "toolboxai_request_duration_seconds"


def snapshot(*statuses: int, dead: int = 0, leads: bool = False, flying: int = 0) -> Snapshot:
    metrics = Metrics(version="1")
    for status in statuses:
        metrics.requests.observe("GET /a", status, 0.02)
    found = metrics.snapshot()
    found["toolboxai_outbox_rows"] = [("", {"state": "dead"}, dead)]
    found["toolboxai_outbox_leader"] = [("", {}, float(leads))]
    found["toolboxai_requests_in_flight"] = [("", {}, flying)]
    return orjson.loads(orjson.dumps(found))  # type: ignore[no-any-return]


def read(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_counts_of_workers_are_added_up() -> None:
    found = read(merge({"0": snapshot(200, 200), "1": snapshot(200, 500)}))

    assert {"2xx": 3, "5xx": 1} == {
        dict(labels)["status"]: value for labels, value in found[f"{REQUESTS}_count"].items()
    }
    bucket = (("le", "0.025"), ("route", "GET /a"), ("status", "2xx"))
    assert 3 == found[f"{REQUESTS}_bucket"][bucket]
    assert 0 == found[f"{REQUESTS}_bucket"][("le", "0.01"), *bucket[1:]]


def test_gauges_are_added_taken_once_or_told_by_worker_as_the_catalogue_says() -> None:
    found = read(merge({"0": snapshot(dead=2, leads=True, flying=3), "1": snapshot(flying=4)}))

    assert {(("state", "dead"),): 2} == found["toolboxai_outbox_rows"]
    assert {(("worker", "0"),): 1, (("worker", "1"),): 0} == found["toolboxai_outbox_leader"]
    assert {(): 7} == found["toolboxai_requests_in_flight"]
    assert {(("version", "1"),): 1} == found["toolboxai_build_info"]


def test_a_worker_that_ended_leaves_its_counts_and_nothing_else() -> None:
    ended = fold(fold({}, snapshot(200, flying=9, dead=5)), snapshot(200, 200))
    found = read(merge({"2": snapshot(200)}, ended))

    assert [4] == list(found[f"{REQUESTS}_count"].values())
    assert {(): 0} == found["toolboxai_requests_in_flight"]
    assert {(("state", "dead"),): 0} == found["toolboxai_outbox_rows"]
    assert {(("worker", "2"),)} == found["toolboxai_outbox_leader"].keys()


def test_what_an_unknown_version_of_a_worker_sends_is_left_out() -> None:
    assert "surprise" not in merge({"0": {**snapshot(200), "surprise": [("", {}, 1)]}})


def test_every_metric_comes_with_its_help_and_kind() -> None:
    every: Snapshot = {info.name: [(_ending(info), dict.fromkeys(info.labels, "x"), 1.0)] for info in CATALOGUE}
    text = merge({"0": every})

    for info in CATALOGUE:
        assert f"# HELP {info.name} {info.help}" in text
        assert f"# TYPE {info.name} {info.kind}" in text


def _ending(info: MetricInfo) -> str:
    return {"counter": "_total", "histogram": "_count", "gauge": ""}[info.kind]


def test_without_workers_there_is_nothing_to_tell() -> None:
    assert "" == merge({})
