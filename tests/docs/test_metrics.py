"""docs/metrics.md has every metric with its kind and labels, and no other."""

from bridge.observability.catalogue import CATALOGUE, Merge
from tests.docs.pages import rows, text


def test_every_metric_has_a_row_with_its_kind_and_labels() -> None:
    expected = {}
    for info in CATALOGUE:
        labels = [*info.labels, *(["worker"] if info.merge is Merge.WORKER else [])]
        expected[info.name] = [info.kind, ", ".join(f"`{label}`" for label in labels)]

    assert len(expected) >= 5
    assert expected == {name: cells[1:3] for name, cells in rows(text("docs/metrics.md")).items()}


def test_every_row_says_what_is_counted() -> None:
    assert [] == [name for name, cells in rows(text("docs/metrics.md")).items() if len(cells) != 4 or not cells[3]]
