"""What Rojo builds we build the same, and what it refuses we refuse: as it was recorded, by the version that is named."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from core_rs import CoreError, Project
from tests.integration.build.differing import BUILT_ALL_THE_SAME, REFUSED_ALL_THE_SAME
from tests.rojo.case import PROJECT, Case, files_of
from tests.rojo.dom import Reader, differences, reader
from tests.rojo.record import RECORDED

PARTS: Final = sorted(RECORDED.glob("*.json"))


@pytest.fixture(scope="module")
def read() -> Iterator[Reader]:
    with reader() as running:
        yield running


def cases(part: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(part.read_text("utf-8"))
    return found


def test_every_case_is_recorded_and_none_that_is_not_written() -> None:
    from tests.rojo.record import cases as written, topics  # noqa: PLC0415

    assert topics() == [part.stem for part in PARTS]
    for part in PARTS:
        assert [case.name for case in written(part.stem)] == [told["case"] for told in cases(part)]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.stem)
def test_each_case_is_built_as_it_was_recorded(part: Path, tmp_path: Path, read: Reader) -> None:
    wrong: list[str] = []
    for number, told in enumerate(cases(part)):
        house = tmp_path / str(number)
        house.mkdir()
        wrong += [f"{told['case']}: {what}" for what in differing(told, house, read)]
    assert [] == wrong, "\n".join(wrong)


def differing(told: dict[str, Any], house: Path, read: Reader) -> Iterator[str]:
    """Say how ours differs from what is recorded."""
    project = Case(told["case"], files_of(told["files"]), told.get("named", "")).write(house)
    name = f"{told['case']}"
    opened: Project | None = None
    try:
        opened = Project.open(project)
        opened.build(house / "first.rbxm", "rbxm")
    except CoreError as refusal:
        if not told.get("refused") and name not in REFUSED_ALL_THE_SAME:
            yield f"it is refused: {refusal}"
        return
    if told.get("refused"):
        if name not in BUILT_ALL_THE_SAME:
            yield "it is built, and Rojo refuses it"
        return
    for built in told["built"]:
        for kind in built["kinds"]:
            output = house / f"built.{kind}"
            opened.build(output, kind)
            for difference in differences(built["roots"], read.roots(output)):
                yield f"{kind}: {difference}"
    for key, scripts_only in (("sourcemap", True), ("whole_sourcemap", False)):
        made = sourcemap(opened, house / PROJECT, scripts_only=scripts_only)
        if made != told[key]:
            yield f"{key}: is to be\n  {json.dumps(told[key])}\nand is\n  {json.dumps(made)}"


def sourcemap(opened: Project, folder: Path, *, scripts_only: bool) -> Any:
    """Return the sourcemap as it is seen from a folder."""
    return json.loads(opened.sourcemap(folder=os.fspath(folder), include_non_scripts=not scripts_only))
