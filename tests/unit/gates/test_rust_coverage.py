"""Every line that decides who comes in is run by a test, and nine of ten of the rest."""

from pathlib import Path

import pytest

from gates import rust_coverage
from gates.rust_coverage import faults, percentage, read, without_tests

LISTING = """/home/somebody/.cargo/registry/src/x/lib.rs
    1|      0|not ours
/checkout/core_rs/src/admit/head.rs
    1|       |//! Words.
    2|      7|fn decide() {
    3|      0|    nobody_comes_here();
    4|      0|}
    5|      0|    _ => unreachable!("no other key"),
/checkout/core_rs/src/limits/entries/model.rs
    1|      0|a model is a test
/checkout/core_rs/src/py/table.rs
    1|      0|tested by Python
/checkout/core_rs/src/watch.rs
    9|      3|fn watch() {}
"""


def covered(*missed: str) -> dict[str, dict[int, bool]]:
    """A crate of twenty lines, in which only the named files have one that nobody ran."""
    names = ("admit/mod.rs", "limits/mod.rs", "replay/mod.rs", "watch.rs")
    return {name: {line: name not in missed or line > 1 for line in range(1, 6)} for name in names}


def test_only_our_own_lines_of_code_count() -> None:
    assert {"admit/head.rs": {2: True, 3: False}, "watch.rs": {9: True}} == read(LISTING.splitlines())


def test_tests_beside_the_code_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "watch.rs").write_text("fn watch() {}\n#[cfg(test)]\nmod tests {\n    fn one() {}\n}\n")

    assert {"watch.rs": {1: True}} == without_tests({"watch.rs": {1: True, 4: False}}, tmp_path)


def test_a_crate_whose_lines_are_run_has_no_fault() -> None:
    assert [] == list(faults(covered()))
    assert [] == list(faults(covered("watch.rs")))


@pytest.mark.parametrize("room", ["admit", "limits", "replay"])
def test_one_line_that_nobody_runs_is_a_fault_where_it_decides(room: str) -> None:
    assert [f"core_rs/src/{room}/mod.rs: no test runs line 1"] == list(faults(covered(f"{room}/mod.rs")))


def test_too_few_lines_are_a_fault_wherever_they_are() -> None:
    files = covered() | {"bundle.rs": dict.fromkeys(range(10), False)}

    assert percentage(files) == pytest.approx(66.67, abs=0.01)
    assert ["66.7 % of the lines are run by tests, and 90 % have to be"] == list(faults(files))


def test_a_listing_without_the_lines_that_matter_is_a_fault() -> None:
    found = list(faults({"watch.rs": {1: True}}))

    assert [f"no line of {room} was counted" for room in rust_coverage.WHOLE] == found
