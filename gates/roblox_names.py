"""Looks up what we declare of Roblox in Roblox's own list of its engine, where that lies beside the tree."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gates.finding import Finding
from gates.tree import ROOT

API: Final = ROOT.parent / "shared" / "data" / "roblox-engine-api.json"
CURE: Final = "declare what Roblox has"
_CLASS: Final = re.compile(r"^declare class (\w+)(?: extends \w+)?\n(.*?)^end$", re.MULTILINE | re.DOTALL)
_TABLE: Final = re.compile(r"^declare (\w+): \{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
# A member stands one step in; what it takes and gives stands deeper.
_MEMBER: Final = re.compile(r"^\t(?:function )?(\w+)[(:]", re.MULTILINE)
_ITEM: Final = re.compile(r"(\w+): \w+[,}\s]")


def unknown_names(declared: str, api: Path = API) -> Iterator[Finding]:
    """Each declared name that the list does not have; none where there is no list."""
    if not api.is_file():
        return
    known = json.loads(api.read_text("utf-8"))
    for kind, members in _CLASS.findall(declared):
        yield from _of(kind, _MEMBER.findall(members), _members(known, kind))
    for name, members in _TABLE.findall(declared):
        if name == "Enum":
            for line in members.splitlines():
                enum, _, items = line.strip().partition(": {")
                yield from _of(f"Enum.{enum}", _ITEM.findall(f"{items} "), known["enums"].get(enum))
        else:
            yield from _of(name, _MEMBER.findall(members), _members(known, name))


def _of(name: str, members: list[str], known: Mapping[str, Any] | None) -> Iterator[Finding]:
    if known is None:
        yield Finding(name, "is nothing of Roblox's", CURE)
        return
    for member in members:
        if member not in known:
            yield Finding(f"{name}.{member}", "is nothing of Roblox's", CURE)


def _members(known: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    if name in known["classes"]:
        kind = known["classes"][name]
        inherited = [_members(known, above) or {} for above in kind["inherits"]]
        own = (kind["methods"], kind["properties"], kind["events"], kind["callbacks"])
        return {member: value for part in (*inherited, *own) for member, value in part.items()}
    if name in known["enums"]:
        return {"Name": "", "Value": ""}
    for part in (known["libraries"], known["datatypes"]):
        if name in part:
            return {member: value for kinds in part[name].values() for member, value in kinds.items()}
    return None
