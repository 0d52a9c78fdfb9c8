"""What Rojo builds we build the same, and what it refuses we refuse: as it was recorded of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.build.differing import BUILT_ALL_THE_SAME, REFUSED_ALL_THE_SAME
from tests.rojo.case import Case, files_of
from tests.rojo.dom import Reader, differences
from tests.rojo.ours import ours
from tests.rojo.record import RECORDED, topics
from tests.rojo.record import cases as written

PARTS: Final = sorted(RECORDED.glob("*.json"))
SOURCEMAPS: Final = (("sourcemap", False), ("whole_sourcemap", True))


def cases(part: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(part.read_text("utf-8"))
    return found


def test_every_written_case_is_recorded_and_no_other() -> None:
    assert topics() == [part.stem for part in PARTS]
    for part in PARTS:
        assert [case.name for case in written(part.stem)] == [told["case"] for told in cases(part)]


def test_what_differs_on_purpose_is_a_recorded_case() -> None:
    recorded = {told["case"]: "refused" in told for part in PARTS for told in cases(part)}
    assert dict.fromkeys(BUILT_ALL_THE_SAME, True) == {name: recorded.get(name) for name in BUILT_ALL_THE_SAME}
    assert dict.fromkeys(REFUSED_ALL_THE_SAME, False) == {name: recorded.get(name) for name in REFUSED_ALL_THE_SAME}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_each_case_is_built_as_rojo_builds_it(part: Path, tmp_path: Path, read: Reader) -> None:
    wrong: list[str] = []
    for number, told in enumerate(cases(part)):
        house = tmp_path / str(number)
        house.mkdir()
        wrong += [f"{told['case']}: {what}" for what in differing(told, house, read)]
    assert [] == wrong, "\n".join(wrong)


def differing(told: dict[str, Any], house: Path, read: Reader) -> Iterator[str]:
    """Say how ours differs from what is recorded."""
    name = told["case"]
    project = Case(name, files_of(told["files"]), told.get("named", "")).write(house)
    expected = {kind: built["roots"] for built in told.get("built", ()) for kind in built["kinds"]}
    refused = told.get("refused", ())
    made = ours(project, house, (*expected, *refused))
    for kind in refused:
        if (kind in made.built) != (name in BUILT_ALL_THE_SAME):
            yield f"{kind} is {'built, and Rojo refuses it' if kind in made.built else 'refused after all'}"
    for kind, roots in expected.items():
        if (kind in made.refused) != (name in REFUSED_ALL_THE_SAME):
            yield f"{kind} is {made.refused.get(kind, 'built after all')}"
        elif kind in made.built:
            yield from (f"{kind}: {what}" for what in differences(roots, read.roots(made.built[kind])))
    if refused or made.refused or made.opened is None:
        return
    for key, everything in SOURCEMAPS:
        if (shown := made.sourcemap(everything=everything)) != told.get(key):
            yield f"the {key} is to be {told.get(key)} and is {shown}"
