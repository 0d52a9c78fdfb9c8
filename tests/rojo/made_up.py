"""Projects that a seed makes up: random trees of files of every kind, most of them right and some of them wrong.

Only what Python promises to keep of `random.Random` is used, so a seed is the same project on every machine.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from tests.rojo.case import Content, Folder, Link
from tests.rojo.xml import item, model

T = TypeVar("T")

NAMES: Final = (
    "a",
    "b",
    "c",
    "Main",
    "main",
    "é",
    "x y",
    "a.b",
    "end",
    "Part",
    "10",
    "9",
    "init.x",
    "ReplicatedStorage",
)
ENDINGS: Final = (
    ".lua",
    ".luau",
    ".server.lua",
    ".server.luau",
    ".client.lua",
    ".client.luau",
    ".plugin.lua",
    ".plugin.luau",
)
OTHERS: Final = (
    ".txt",
    ".csv",
    ".json",
    ".jsonc",
    ".toml",
    ".yml",
    ".yaml",
    ".model.json",
    ".model.jsonc",
    ".rbxmx",
    ".rbxm",
    ".project.json",
    ".md",
    ".LUA",
)
INITS: Final = (
    "init.lua",
    "init.luau",
    "init.server.lua",
    "init.client.luau",
    "init.plugin.lua",
    "init.csv",
    "init.server.luau",
)
SERVICES: Final = (
    "Workspace",
    "ReplicatedStorage",
    "ServerScriptService",
    "StarterPlayer",
    "Lighting",
    "ServerStorage",
    "StarterGui",
)
WORDS: Final = (
    "local",
    "x",
    "=",
    "1",
    "--",
    "é",
    "😀",
    "\t",
    "return",
    '"',
    "\\",
    "<&>",
    "end",
    "\r\n",
    "\n",
    "  ",
    "]]",
)
GLOBS: Final = (
    "**/a.lua",
    "**/*.txt",
    "src/b",
    "!**/a.lua",
    "**/Main*",
    "**/x y/**",
    "*.server.lua",
    "!src/**",
    "**/{a,b}.*",
    "**/?.luau",
)
USES: Final = (
    "text",
    "moduleScript",
    "serverScript",
    "clientScript",
    "ignore",
    "pluginScript",
    "runContextClientScript",
    "legacyServerScript",
)
# How often, of a hundred: a file that is not right.
WRONG_OF_100: Final = 1
# What may be set of a class without its type, and what a value of it looks like.
PROPERTIES: Final[Mapping[str, Sequence[tuple[str, Callable[["Maker"], Any]]]]] = {
    "Part": (
        ("Anchored", lambda make: make.chance(50)),
        ("Transparency", lambda make: make.number()),
        ("Size", lambda make: [make.number() for _ in range(3)]),
        ("Material", lambda make: make.pick(("Wood", "Plastic", "Neon"))),
        ("Color", lambda make: [make.rng.random() for _ in range(3)]),
        ("CFrame", lambda make: [*(make.number() for _ in range(3)), 1, 0, 0, 0, 1, 0, 0, 0, 1]),
        ("BrickColor", lambda _: {"BrickColor": 194}),
        ("Tags", lambda make: [make.pick(NAMES) for _ in range(make.below(3))]),
        ("CustomPhysicalProperties", lambda _: {"PhysicalProperties": "Default"}),
    ),
    "Model": (("LevelOfDetail", lambda make: make.pick(("Automatic", "StreamingMesh"))),),
    "StringValue": (("Value", lambda make: make.words(5)),),
    "IntValue": (("Value", lambda make: make.below(2**50) - 2**49),),
    "NumberValue": (("Value", lambda make: make.number()),),
    "BoolValue": (("Value", lambda make: make.chance(50)),),
    "Frame": (
        ("Size", lambda make: {"UDim2": [[make.number(), make.below(100)], [make.number(), -make.below(100)]]}),
        ("AnchorPoint", lambda make: [make.rng.random(), make.rng.random()]),
        ("ZIndex", lambda make: make.below(50)),
    ),
    "TextLabel": (
        ("Text", lambda make: make.words(4)),
        ("FontFace", lambda _: {"family": "rbxasset://fonts/families/Arial.json", "weight": "Bold", "style": "Italic"}),
    ),
    "Decal": (("Texture", lambda make: f"rbxassetid://{make.below(10**9)}"),),
    "Folder": (("Archivable", lambda make: make.chance(50)),),
    "ObjectValue": (),
    "Weld": (("Enabled", lambda make: make.chance(50)),),
    "ParticleEmitter": (
        ("Lifetime", lambda make: {"NumberRange": sorted((make.rng.random(), make.rng.random()))}),
        ("Rate", lambda make: make.below(100)),
    ),
}


class Maker:
    """One project, being made."""

    def __init__(self, seed: int, binary: Sequence[bytes]) -> None:
        self.rng: random.Random = random.Random(seed)  # noqa: S311
        self.binary = binary
        self.files: dict[str, Content] = {}
        self.ids = 0

    def below(self, limit: int) -> int:
        return int(self.rng.random() * limit)

    def chance(self, of_100: int) -> bool:
        return self.below(100) < of_100

    def pick(self, things: Sequence[T]) -> T:
        return things[self.below(len(things))]

    def number(self) -> float:
        return self.pick((0, 1, -1, 0.1, -0.0, 1e-7, 123456.789, 0.5, self.rng.random(), self.below(1000)))

    def words(self, most: int) -> str:
        return " ".join(self.pick(WORDS) for _ in range(self.below(most + 1)))

    def data(self, levels: int = 3) -> Any:
        dice = self.below(8 if levels else 5)
        if dice < 5:
            return self.pick((True, False, self.words(3), self.number(), self.below(10**6), "x"))
        if dice == 5:
            return [self.data(levels - 1) for _ in range(self.below(4))]
        return {self.pick(NAMES): self.data(levels - 1) for _ in range(self.below(4))}

    def wrong(self) -> bool:
        return self.chance(WRONG_OF_100)

    # Files, by what they hold.

    def described(self, class_name: str | None) -> dict[str, Any]:
        """Return what a meta file, a model or a node may say, under the keys of the first two."""
        told: dict[str, Any] = {}
        known = PROPERTIES.get(class_name or "", ())
        if chosen := [one for one in known if self.chance(60)]:
            told["properties"] = {name: value(self) for name, value in chosen}
        if self.chance(15):
            told.setdefault("properties", {})["Odd"] = {"Bool": True}
        if self.wrong():
            told.setdefault("properties", {})[self.pick(("NoSuch", "Name", "Source"))] = 1
        if self.chance(30):
            told["attributes"] = {self.pick(NAMES): self.attribute() for _ in range(1 + self.below(3))}
        if self.chance(10):
            told.setdefault("attributes", {})[self.pick(("Rojo_Target_Value", "Rojo_Target_Part0"))] = (
                f"id{self.below(6)}"
            )
        if self.chance(15):
            told["id"] = f"id{self.ids}"
            self.ids += 1
        if self.chance(10):
            told["ignoreUnknownInstances"] = self.chance(50)
        return told

    def attribute(self) -> Any:
        return self.pick(
            (
                True,
                1.5,
                "x",
                self.number(),
                self.words(3),
                {"Vector3": [1, 2, 3]},
                {"Color3": [0, 0.5, 1]},
                {"UDim": [1, 2]},
            )
        )

    def instance(self, levels: int = 2) -> dict[str, Any]:
        class_name = self.pick(tuple(PROPERTIES))
        told = {self.pick(("className", "className", "ClassName")): class_name, **self.described(class_name)}
        if levels and self.chance(50):
            told["children"] = [self.child(levels - 1) for _ in range(self.below(4))]
        if self.wrong():
            told["children"] = None
        return told

    def child(self, levels: int) -> dict[str, Any]:
        named = {"name": self.pick(NAMES)} if self.chance(80) else {}
        return {**named, **self.instance(levels)}

    def xml(self, levels: int = 2) -> str:
        class_name = self.pick(("Model", "Part", "Folder", "StringValue"))
        properties = {
            "Model": "",
            "Part": f'<bool name="Anchored">{"true" if self.chance(50) else "false"}</bool>',
            "Folder": "",
            "StringValue": '<string name="Value">&lt;x&gt;</string>',
        }[class_name]
        within = [self.xml(levels - 1) for _ in range(self.below(3))] if levels else []
        return item(class_name, self.pick(NAMES), properties, *within)

    def script(self) -> str:
        ends = ("\n", "\r\n", "\n", "")
        return "".join(f"-- {self.words(8)}{self.pick(ends)}" for _ in range(self.below(5)))

    def table(self) -> str:
        columns = ["Key", *(name for name in ("Source", "Context", "Example", "en", "de", "") if self.chance(50))]
        cells = ("x", "", '"a,b"', '"q""q"', "é", '"l\nl"', " s ")
        rows = [",".join(self.pick(cells) for _ in columns) for _ in range(self.below(4))]
        if self.wrong():
            rows.append("x," * 9)
        return self.pick(("\n", "\r\n")).join([",".join(columns), *rows, ""])

    def toml(self) -> str:
        keys = [name for name in ("z", "a", '"x y"', "end", "d.e") if self.chance(60)]
        values = (
            "1",
            '"x"',
            "1.5",
            "true",
            "[1, 2]",
            "1979-05-27",
            "{ b = 1, a = 2 }",
            "'''x\ny'''",
            "[]",
            "-0.0",
            "1e3",
        )
        lines = [f"{key} = {self.pick(values)}" for key in keys]
        if self.chance(30):
            lines += ["[t]", "k = 1", "[[l]]", "k = 2", "[[l]]"]
        return "\n".join([*lines, *(["z z = 1"] if self.wrong() else []), ""])

    def yaml(self) -> str:
        keys = [name for name in ("z", "a", "'x y'", "1", "end") if self.chance(60)]
        values = (
            "1",
            "x",
            "1.5",
            "true",
            "[1, 2]",
            "~",
            "{ b: 1, a: 2 }",
            "|\n  x\n  y",
            "'q'",
            "-0.0",
            ".inf",
            "0x10",
        )
        lines = [f"{key}: {self.pick(values)}" for key in keys] or ["x"]
        return "\n".join([*lines, *(["a: [" if self.wrong() else ""]), ""])

    def json(self) -> str:
        told = json.dumps(self.data(), ensure_ascii=self.chance(50), indent=self.pick((None, 1)))
        return f"// {told[:0]}x\n{told}" if self.chance(10) else told[: len(told) - self.wrong()]

    def content(self, ending: str, folder: str) -> Content:
        makers: dict[str, Callable[[], Content]] = {
            ".txt": lambda: self.words(9),
            ".csv": self.table,
            ".json": self.json,
            ".jsonc": self.json,
            ".toml": self.toml,
            ".yml": self.yaml,
            ".yaml": self.yaml,
            ".model.json": lambda: "" if self.chance(3) else json.dumps(self.instance(), ensure_ascii=False),
            ".model.jsonc": lambda: json.dumps(self.instance(), ensure_ascii=False),
            ".rbxmx": lambda: model(self.xml() * (2 if self.wrong() else 1)),
            ".rbxm": lambda: self.pick(self.binary),
            ".project.json": lambda: self.project(folder, levels=1),
        }
        made = makers.get(ending, self.script)()
        return made.encode() + b"\xff" if isinstance(made, str) and self.wrong() else made

    # Folders and projects.

    def folder(self, at: str, levels: int) -> None:
        """Fill a folder: files with their meta files, folders, and what it is itself."""
        before = len(self.files)
        for _ in range(self.below(6)):
            self.entry(at, levels)
        is_script = self.chance(25)
        if is_script:
            for _ in range(1 + self.chance(15)):
                name = self.pick(INITS)
                self.files[f"{at}/{name}"] = self.table() if name.endswith("csv") else self.script()
        if self.chance(20):
            told = self.described("Folder")
            if (not is_script and self.chance(60)) or self.wrong():
                class_name = self.pick(tuple(PROPERTIES))
                told = {"className": class_name, **self.described(class_name)}
            elif is_script:
                told.get("properties", {}).pop("Archivable", None)
            self.files[f"{at}/init.meta.json{self.pick(('', '', 'c'))}"] = json.dumps(told)
        if len(self.files) == before:
            self.files[at] = Folder()

    def entry(self, at: str, levels: int) -> None:
        name = self.pick(NAMES)
        if levels and self.chance(30):
            if f"{at}/{name}" in self.files or any(path.startswith(f"{at}/{name}/") for path in self.files):
                return
            self.folder(f"{at}/{name}", levels - 1)
            if self.chance(8):
                self.files.pop(f"{at}/{name}", None)
                self.files[f"{at}/{name}/default.project.json"] = self.project(f"{at}/{name}", levels=1)
            return
        ending = self.pick(ENDINGS) if self.chance(50) else self.pick(OTHERS)
        path = f"{at}/{name}{ending}"
        if any(known.startswith(f"{path}/") for known in self.files):
            return
        self.files[path] = self.content(ending, at)
        if self.chance(4):
            self.files[f"{at}/{name}-link{ending}"] = Link(f"{name}{ending}")
        if self.chance(20):
            meta = self.described(None)
            self.files[f"{at}/{name}.meta.json{self.pick(('', '', 'c'))}"] = json.dumps(meta)

    def node(self, folder: str, levels: int) -> dict[str, Any]:
        """Return a node below a project's root."""
        dice = self.below(10)
        told: dict[str, Any] = {}
        class_name = None
        if dice < 4:
            class_name = self.pick(tuple(PROPERTIES))
            told["$className"] = class_name
        elif dice < 8:
            told["$path"] = self.target(folder)
        else:
            told |= {"$className": "Folder", "$path": self.target(folder)}
        described = self.described(class_name)
        if class_name is None:
            described.get("properties", {}).pop("Archivable", None)
        told |= {f"${key}": value for key, value in described.items()}
        # Below a path that is optional and not there Rojo reads nothing, and we read and say what is wrong there.
        if levels and not isinstance(told.get("$path"), dict):
            told |= {self.pick(NAMES): self.node(folder, levels - 1) for _ in range(self.below(3))}
        return told

    def target(self, folder: str) -> Any:
        """Return the path of something that the project's folder holds, or may hold."""
        below = sorted(
            path.removeprefix(f"{folder}/") for path in self.files if path.startswith(f"{folder}/") or not folder
        )
        if self.chance(10) or not below:
            return {"optional": "nowhere"}
        parts = self.pick(below).split("/")
        path = "/".join(parts[: 1 + self.below(len(parts))])
        return {"optional": path} if self.chance(10) else path

    def project(self, folder: str, levels: int = 2) -> str:
        told: dict[str, Any] = {"name": self.pick(NAMES)} if self.chance(80) else {}
        if self.chance(30):
            told["emitLegacyScripts"] = self.chance(50)
        if self.chance(20):
            told["globIgnorePaths"] = [self.pick(GLOBS) for _ in range(1 + self.below(3))]
        if self.chance(20):
            told["syncRules"] = [self.rule() for _ in range(1 + self.below(2))]
        if self.wrong():
            told[self.pick(("servePort", "placeId", "unknown"))] = "x"
        told["tree"] = self.tree(folder, levels)
        return json.dumps(told, ensure_ascii=False)

    def rule(self) -> dict[str, str]:
        rule = {
            "pattern": self.pick(("**/*.md", "**/*.LUA", "**/a.*", "**/*.server.lua", "src/**")),
            "use": self.pick(USES),
        }
        if self.chance(40):
            rule["suffix"] = self.pick((".md", ".server.lua", ".x"))
        if self.chance(30):
            rule["exclude"] = self.pick(("**/b.*", "**/Main.*"))
        return rule

    def tree(self, folder: str, levels: int) -> dict[str, Any]:
        if self.chance(50):
            services = {name: self.service(folder) for name in SERVICES if self.chance(50)}
            return {"$className": "DataModel", **services}
        if self.chance(50):
            root = {"$path": self.target(folder)} if self.chance(60) else self.node(folder, levels)
            # What Rojo makes of a root that is nowhere is an instance of no class.
            return {"$className": "Folder", **root} if isinstance(root.get("$path"), dict) else root
        return {"$className": "Folder", **{self.pick(NAMES): self.node(folder, levels) for _ in range(self.below(4))}}

    def service(self, folder: str) -> dict[str, Any]:
        told: dict[str, Any] = {"$path": self.target(folder)} if self.chance(50) else {}
        if self.chance(30):
            told[self.pick(NAMES)] = self.node(folder, 0)
        return told


def made_up(seed: int, binary: Sequence[bytes]) -> dict[str, Content]:
    """Return the files of a project; `binary` holds models of the binary format."""
    make = Maker(seed, binary)
    for name in ("src", "lib"):
        make.folder(name, 3)
    make.files["default.project.json"] = make.project("")
    return make.files
