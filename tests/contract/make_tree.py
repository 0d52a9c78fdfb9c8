"""Writes tree.json: instances in canonical form 1, hashes of trees, and ids of paths, worked out apart from the core.

`python -P -m tests.contract.make_tree` makes it anew; a test holds that the file is what this makes.
Rust reads it (core_rs/src/canonical/tests), and so does Luau (plugin_lua/tests/tree.spec.luau).
"""

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

from core_rs import blake3

VECTORS: Final = Path(__file__).with_name("tree.json")
ABOUT: Final = (
    "Canonical form 1 (docs/tree-hash.md). A value is a property of `type`, as JSON has it: nan, inf, -inf and -0 in "
    "words, bytes that are no text under `hex`, a sequence as its points, Font as family, weight, style, a reference "
    "as its id, Source as its text. `bytes` is the own form, `digest` its BLAKE3."
)
WORDS: Final = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}
BOOL, I32, I64, F32, F64, STRING, ENUM = range(1, 8)
VECTOR2, VECTOR3, CFRAME, COLOR3, COLOR3UINT8, BRICK_COLOR = range(8, 14)
UDIM, UDIM2, RECT, NUMBER_RANGE, NUMBER_SEQUENCE, COLOR_SEQUENCE = range(14, 20)
FONT, CONTENT, PHYSICAL_PROPERTIES, FACES, AXES, REF, SOURCE = range(20, 27)

Value: TypeAlias = Any
Named: TypeAlias = tuple[str, int, Value]


def text(value: str | dict[str, str]) -> bytes:
    raw = value.encode() if isinstance(value, str) else bytes.fromhex(value["hex"])
    return struct.pack("<I", len(raw)) + raw


def number(value: float | str, form: str) -> bytes:
    exact = WORDS[value] if isinstance(value, str) else float(value)
    if math.isnan(exact):
        return bytes.fromhex("0000c07f" if form == "<f" else "000000000000f87f")
    # Added to zero, no zero has a sign.
    return struct.pack(form, exact + 0.0)


def floats(values: list[float | str]) -> bytes:
    return b"".join(number(value, "<f") for value in values)


def points(values: list[list[float | str]]) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(map(floats, values))


def dims(values: list[float]) -> bytes:
    return b"".join(
        number(scale, "<f") + struct.pack("<i", int(offset))
        for scale, offset in zip(values[::2], values[1::2], strict=True)
    )


PAYLOADS: Final[dict[int, Callable[[Value], bytes]]] = {
    BOOL: lambda value: bytes([value]),
    I32: lambda value: struct.pack("<i", value),
    I64: lambda value: struct.pack("<q", value),
    F32: lambda value: number(value, "<f"),
    F64: lambda value: number(value, "<d"),
    STRING: text,
    ENUM: lambda value: struct.pack("<I", value),
    **dict.fromkeys((VECTOR2, VECTOR3, CFRAME, COLOR3, RECT, NUMBER_RANGE), floats),
    COLOR3UINT8: bytes,
    BRICK_COLOR: lambda value: struct.pack("<H", value),
    **dict.fromkeys((UDIM, UDIM2), dims),
    **dict.fromkeys((NUMBER_SEQUENCE, COLOR_SEQUENCE), points),
    FONT: lambda value: text(value[0]) + struct.pack("<HB", value[1], value[2]),
    CONTENT: text,
    PHYSICAL_PROPERTIES: lambda value: b"\0" if value is None else b"\1" + floats(value),
    FACES: lambda value: bytes([value]),
    AXES: lambda value: bytes([value]),
    REF: bytes.fromhex,
    SOURCE: lambda value: blake3(value.replace("\r\n", "\n").encode()),
}


def entries(values: list[Named]) -> bytes:
    written = (text(name) + bytes([kind]) + PAYLOADS[kind](value) for name, kind, value in by_name(values))
    return struct.pack("<I", len(values)) + b"".join(written)


def by_name(values: list[Named]) -> list[Named]:
    return sorted(values, key=lambda value: value[0].encode())


def own(class_name: str, name: str, properties: list[Named], attributes: list[Named], tags: list[str]) -> bytes:
    distinct = sorted({tag.encode() for tag in tags if tag})
    told = struct.pack("<I", len(distinct)) + b"".join(struct.pack("<I", len(tag)) + tag for tag in distinct)
    return b"\1" + text(class_name) + text(name) + entries(properties) + entries(attributes) + told


def tree(digest: bytes, children: list[bytes]) -> bytes:
    lanes = zip(*(struct.unpack("<8I", child) for child in children), strict=True)
    total = [sum(lane) % 2**32 for lane in lanes] or [0] * 8
    return blake3(b"\2" + digest + struct.pack("<I", len(children)) + struct.pack("<8I", *total))


def identity(path: list[tuple[str, str, int]]) -> bytes:
    return blake3(b"".join(text(one) + text(name) + struct.pack("<I", ordinal) for one, name, ordinal in path))[:16]


def made(
    class_name: str,
    name: str,
    properties: list[Named] | None = None,
    attributes: list[Named] | None = None,
    tags: list[str] | None = None,
) -> dict[str, Any]:
    own_bytes = own(class_name, name, properties or [], attributes or [], tags or [])
    return {
        "class": class_name,
        "name": name,
        "properties": [{"name": one, "type": kind, "value": value} for one, kind, value in properties or []],
        "attributes": [{"name": one, "type": kind, "value": value} for one, kind, value in attributes or []],
        "tags": tags or [],
        "bytes": own_bytes.hex(),
        "digest": blake3(own_bytes).hex(),
    }


IDENTITY: Final = [1, 0, 0, 0, 1, 0, 0, 0, 1]
SOMEBODY: Final = "000102030405060708090a0b0c0d0e0f"
# What a file keeps as bytes is told apart only where Roblox knows the property.
KNOWN: Final = {STRING: ("StringValue", "Value"), CONTENT: ("Decal", "TextureContent")}
# `Thing` is no class of Roblox, so nearly every type can stand in it.
VALUES: Final[dict[str, list[tuple[int, Value]]]] = {
    "truth": [(BOOL, True), (BOOL, False)],
    "whole": [(I32, 0), (I32, -(2**31)), (I32, 2**31 - 1), (I64, 2**53), (I64, -(2**53)), (I64, 2**32), (I64, -1)],
    "single": [(F32, value) for value in (0, "-0", 0.1, -1.5, "nan", "inf", "-inf", 1e-45, 16777217, 3.4e38)],
    "double": [(F64, value) for value in (0, "-0", 0.1, -1.5, "nan", "inf", "-inf", 5e-324, 2**53 + 2)],
    "text": [(STRING, value) for value in ("", "plain", "\u00fcber\r\n")],
    "enum": [(ENUM, 0), (ENUM, 2**32 - 1)],
    "vector": [(VECTOR2, [0.1, "-0"]), (VECTOR3, [1, "nan", -3.25])],
    "frame": [(CFRAME, [1, 2, 3, *IDENTITY]), (CFRAME, [0.1, 0, 0, "-0", 1, 0, 0, 0, -1, -1, 0, 0])],
    "colour": [(COLOR3, [0, 0.5, 1]), (COLOR3UINT8, [0, 128, 255]), (BRICK_COLOR, 21)],
    "dims": [(UDIM, [0.5, -7]), (UDIM2, [0.5, 3, "-0", -(2**31)]), (RECT, [1, 2, 3, 4])],
    "ranges": [
        (NUMBER_RANGE, [0.1, 5]),
        (NUMBER_SEQUENCE, [[0, 1, 0], [1, 0.25, 0.1]]),
        (COLOR_SEQUENCE, [[0, 1, 0, 0], [0.5, 0.1, 0.2, 0.3], [1, 0, 0, 1]]),
    ],
    "font": [(FONT, ["rbxasset://fonts/families/Arial.json", 700, 1]), (FONT, ["", 100, 0])],
    "content": [(CONTENT, ""), (CONTENT, "rbxassetid://1234567890")],
    "physical": [(PHYSICAL_PROPERTIES, None), (PHYSICAL_PROPERTIES, [0.7, 0.3, 0.5, 1, 100, 0.25])],
    "faces": [(FACES, 0), (FACES, 0b111111), (FACES, 0b000010), (AXES, 0b101)],
    "reference": [(REF, SOMEBODY), (REF, "00" * 16)],
}


def instances() -> list[dict[str, Any]]:
    lone = [
        made(class_name, f"{name} {at}", [(prop, kind, value)])
        for name, values in VALUES.items()
        for at, (kind, value) in enumerate(values)
        for class_name, prop in [KNOWN.get(kind, ("Thing", "Value"))]
    ]
    return [
        made("Folder", ""),
        *lone,
        *(
            made("ModuleScript", "lines", [("Source", SOURCE, source)])
            for source in ("", "a\nb\n", "a\r\nb\r\n", "a\rb")
        ),
        # Sorted by bytes, where capitals come before small letters and those before all others.
        made(
            "Thing",
            "sorted",
            [("b", BOOL, True), ("a", BOOL, False), ("B", I32, 1), ("\u00e4", I32, 2), ("ab", I32, 3)],
            [("z", F64, 1), ("Z", STRING, "capital"), ("\uffff", BOOL, True), ("\U0001f600", BOOL, False)],
            ["b", "a", "\u00e4", "", "b", "B"],
        ),
        # What is no text may stand in an attribute alone: of a property nobody knows then what it is.
        made("Folder", "bytes", [], [("Value", STRING, {"hex": "00ff80"})]),
        made("Part", "\u00dcber/.\n", [], [("colour", COLOR3, [1, 0, 0])], ["only"]),
    ]


def leaves(nodes: list[dict[str, Any]]) -> list[bytes]:
    return [bytes.fromhex(hashed(node)["digest"]) for node in nodes]


def hashed(node: dict[str, Any]) -> dict[str, Any]:
    """Give a node and what is below it their digests."""
    below = [hashed(child) for child in node.get("children", [])]
    own_digest = bytes.fromhex(made(node["class"], node["name"])["digest"])
    return {**node, "children": below, "digest": tree(own_digest, leaves(below)).hex()}


def folder(name: str, *children: dict[str, Any]) -> dict[str, Any]:
    return {"class": "Folder", "name": name, "children": list(children)}


def trees() -> list[dict[str, Any]]:
    return [
        hashed(folder("alone")),
        hashed(folder("root", folder("a"), folder("b"))),
        # The same again, as the order of siblings is no part of it.
        hashed(folder("root", folder("b"), folder("a"))),
        hashed(folder("root", folder("a", folder("b")))),
        hashed(folder("root", *(folder("same") for _ in range(300)))),
    ]


def paths() -> list[dict[str, Any]]:
    told: list[list[tuple[str, str, int]]] = [
        [],
        [("Workspace", "Workspace", 0)],
        [("Workspace", "Workspace", 0), ("Part", "Part", 0)],
        [("Workspace", "Workspace", 0), ("Part", "Part", 1)],
        [("Folder", "\u00fc", 70000)],
    ]
    return [{"path": path, "id": identity(path).hex()} for path in told]


def lines(values: list[dict[str, Any]]) -> str:
    return ",\n".join(f"  {json.dumps(value)}" for value in values)


def file_text() -> str:
    """Return the file as it has to be: one case a line."""
    parts = (("instances", instances()), ("trees", trees()), ("ids", paths()))
    body = ",\n".join(f' "{name}": [\n{lines(values)}\n ]' for name, values in parts)
    return f'{{\n "about": {json.dumps(ABOUT)},\n{body}\n}}\n'


if __name__ == "__main__":
    VECTORS.write_text(file_text(), "utf-8")
