"""What we declare of Roblox has to be in Roblox's own list, where there is one."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gates.luau import ROBLOX
from gates.roblox_names import unknown_names
from gates.tree import ROOT

MEMBERS: dict[str, Any] = {"methods": {}, "properties": {}, "events": {}, "callbacks": {}}
KNOWN = {
    "classes": {
        "Instance": MEMBERS | {"inherits": [], "properties": {"Name": {}}},
        "Door": MEMBERS | {"inherits": ["Instance"], "methods": {"Open": {}}, "events": {"Opened": {}}},
    },
    "enums": {"Colour": {"Red": 0, "Blue": 1}},
    "libraries": {"task": {"functions": {"wait": []}}},
    "datatypes": {"DateTime": {"constructors": {"now": []}}},
}
DECLARED = """
declare class Door extends Instance
\tName: string
\tOpened: any
\tfunction Open(
\t\tself,
\t\toptions: { Deeper: string }
\t): boolean
end

declare class Colour extends EnumItem
\tName: string
end

declare Enum: {
\tColour: { Red: Colour, Blue: Colour },
}

declare task: {
\twait: (seconds: number?) -> number,
}

declare DateTime: {
\tnow: () -> { Unix: number },
}
"""


@pytest.fixture
def api(tmp_path: Path) -> Path:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(KNOWN))
    return path


def found(declared: str, api: Path) -> list[str]:
    return [finding.where for finding in unknown_names(declared, api)]


def test_names_that_roblox_has_are_right(api: Path) -> None:
    assert [] == found(DECLARED, api)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("function Open(", "function Close(", "Door.Close"),
        ("Opened: any", "Shut: any", "Door.Shut"),
        ("class Door", "class Window", "Window"),
        ("Blue: Colour", "Green: Colour", "Enum.Colour.Green"),
        ("\tColour: {", "\tSound: {", "Enum.Sound"),
        ("wait: (", "sleep: (", "task.sleep"),
        ("now: ()", "then: ()", "DateTime.then"),
    ],
)
def test_a_name_that_roblox_has_not_is_found(api: Path, old: str, new: str, where: str) -> None:
    assert [where] == found(DECLARED.replace(old, new), api)


def test_without_the_list_nothing_is_looked_up(tmp_path: Path) -> None:
    assert [] == found("declare class Nothing\n\tat: all\nend\n", tmp_path / "none.json")


def test_our_declarations_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(json.dumps({"classes": {}, "enums": {}, "libraries": {}, "datatypes": {}}))
    text = (ROOT / ROBLOX).read_text("utf-8")

    # With nothing known each class and each table is nothing of Roblox's; only `game` has a class for its type.
    assert set(re.findall(r"^declare (?:class )?(\w+)", text, re.MULTILINE)) - {"game", "Enum"} == {
        where for where in found(text, tmp_path / "api.json") if not where.startswith("Enum.")
    }
