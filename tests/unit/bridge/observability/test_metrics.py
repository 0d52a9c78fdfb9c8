import orjson
import pytest
from prometheus_client import generate_latest

from backend.web.boundary import Boundary
from backend.web.drain import Drain
from backend.web.host import HostRule
from backend.web.router import Router
from backend.web.unproven import Unproven
from bridge.observability import catalogue
from bridge.observability.catalogue import CATALOGUE, MetricInfo
from bridge.observability.metrics import Metrics
from bridge.observability.requests import BOUNDS_SECONDS
from bridge.observability.sink import LogSink


def test_every_metric_has_a_name_of_its_own_and_says_what_it_counts() -> None:
    assert len(CATALOGUE) == len({info.name for info in CATALOGUE})
    for info in CATALOGUE:
        assert info.name.startswith("toolboxai_")
        assert info.help.endswith(".")
        assert (info.kind == "counter") == info.name.endswith("_total"), info.name


def test_a_metric_without_an_entry_in_the_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="toolboxai_new"):
        Metrics(version="1").read_from(MetricInfo("toolboxai_new", "gauge", "New."), list)


def test_a_request_is_counted_in_the_bucket_of_its_time() -> None:
    metrics = Metrics(version="1")
    for seconds in (0.0, 0.001, 0.0011, 100.0):
        metrics.requests.observe("GET /a", 204, seconds)

    found = metrics.snapshot()["toolboxai_request_duration_seconds"]
    buckets = {labels["le"]: value for ending, labels, value in found if ending == "_bucket"}
    assert (2, 3, 3, 4) == (buckets["0.001"], buckets["0.0025"], buckets["30.0"], buckets["+Inf"])
    assert len(BOUNDS_SECONDS) + 1 == len(buckets)
    assert {"_count": 4, "_sum": 100.0021} == {
        ending: pytest.approx(value) for ending, _, value in found if ending != "_bucket"
    }


def test_a_snapshot_survives_json() -> None:
    metrics = Metrics(version="1")
    metrics.requests.observe("GET /a", 200, 0.1)
    snapshot = metrics.snapshot()

    assert orjson.loads(orjson.dumps(snapshot)) == orjson.loads(orjson.dumps(snapshot))
    assert set(snapshot) <= {info.name for info in CATALOGUE}


def test_what_the_application_counts_is_read_when_it_is_asked_for() -> None:
    metrics, sink = Metrics(version="1"), LogSink(-1)
    boundary = Boundary(Router([]), HostRule(()), Drain(), timeout_seconds=1)
    metrics.watch(boundary, Unproven(), sink)
    sink.write(b"nowhere to go")

    snapshot = metrics.snapshot()

    assert [("", {}, 0.0)] == snapshot[catalogue.IN_FLIGHT.name]
    assert [("_total", {}, 1.0)] == snapshot[catalogue.LOST_LINES.name]


def test_the_registry_of_one_worker_can_be_scraped_as_it_is() -> None:
    metrics = Metrics(version="1.2.3")

    assert b'toolboxai_build_info{version="1.2.3"} 1.0' in generate_latest(metrics.registry)


def test_routes_and_classes_of_status_are_all_that_tells_requests_apart() -> None:
    metrics = Metrics(version="1")
    for status in (200, 201, 404, 422, 500):
        metrics.requests.observe("GET /a", status, 0.1)

    assert [("GET /a", "2xx"), ("GET /a", "4xx"), ("GET /a", "5xx")] == [
        (route, status) for route, status, _ in metrics.requests.tallies()
    ]
