"""A game's project that is the same on every machine: scripts of 1 to 2 kB in folders, and every other kind of file.

Of a hundred scripts, about ten are the init script of their folder, six have a meta file, and beside them lie a model,
a text, a table, two files of JSON and one of TOML; every two hundred scripts are a package, which is a project itself.
Only `random` and `getrandbits` of `random.Random` are used: Python promises that their values stay.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DEFAULT_SEED: Final = 8
SERVICES: Final = ("ReplicatedStorage", "ServerScriptService", "ServerStorage", "ReplicatedFirst")
SCRIPTS_A_FOLDER: Final = 10
FOLDERS_A_PACKAGE: Final = 20
PLACE_FILE: Final = "default.project.json"
WORDS: Final = (
    *("state", "player", "signal", "value", "part", "folder", "result", "index", "count", "service", "table"),
    *("event", "remote", "async", "await", "render", "frame"),
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and one script of it that a measurement may edit."""

    root: Path
    files: int
    scripts: int
    edited: Path


def line(rng: random.Random, number: int) -> str:
    first, second, third = (WORDS[int(rng.random() * len(WORDS))] for _ in range(3))
    forms = (
        f"local {first}{number} = require(script.Parent.{second})\n",
        f"\tif {first}.{second} ~= nil then return {third} end\n",
        f"function module.{first}{number}({second}: number, {third}: string?): boolean\n",
        f"\t{first}:Connect(function({second}) print({second}, {rng.getrandbits(24)}) end)\n",
        f"-- the {first} of the {second} is kept until its {third} ends\n",
        "end\n",
    )
    return forms[int(rng.random() * len(forms))]


def script(rng: random.Random) -> str:
    """Return 1 to 2 kB of something like Luau."""
    size = 1_000 + int(rng.random() * 1_000)
    parts = ["local module = {}\n"]
    length = 0
    while length < size:
        part = line(rng, length % 97)
        parts.append(part)
        length += len(part)
    return "".join((*parts, "return module\n"))


class Writer:
    """A project below a folder, being written."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.rng = random.Random(seed)  # noqa: S311
        self.files = 0
        self.scripts = 0

    def put(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        self.files += 1

    def script(self, path: Path) -> None:
        self.put(path, script(self.rng))
        self.scripts += 1

    def folder(self, at: Path, number: int) -> None:
        """Write ten scripts of every kind into folders of their own and together, and what lies beside scripts."""
        for index in range(SCRIPTS_A_FOLDER):
            ending = ("", "", "", ".server", "", ".client", "", "", "", "")[index]
            if index % SCRIPTS_A_FOLDER == 9:
                self.script(at / f"part{index}" / f"init{('', '.server')[number % 2]}.luau")
            else:
                self.script(at / f"deep{index % 2}" / f"script{index}{ending}.luau")
        meta = {"properties": {"Disabled": {"Bool": number % 2 == 0}}, "attributes": {"Number": number}}
        if number % 5 < 3:
            self.put(at / "deep0" / "script0.meta.json", json.dumps(meta))
        if number % 10 == 0:
            self.put(at / "init.meta.json", json.dumps({"className": "Model", "attributes": {"Number": number}}))
            self.put(at / "tree.model.json", json.dumps(self.model(3)))
            self.put(at / "words.txt", "words\n" * 20)
            self.put(at / "words.csv", "Key,Source,en,de\n" + "".join(f"k{row},s{row},e,d\n" for row in range(20)))
            self.put(at / "data.toml", f"number = {number}\n[more]\nlist = [1, 2, 3]\n")
        if number % 5 == 0:
            self.put(at / "data.json", json.dumps({f"k{key}": [key, {"x": key / 7}] for key in range(20)}))

    def model(self, levels: int) -> dict[str, object]:
        properties = {"Anchored": True, "Size": [1, 2.5, self.rng.random()], "Material": "Wood"}
        told: dict[str, object] = {"className": "Part", "name": f"part{levels}", "properties": properties}
        return {**told, "children": [self.model(levels - 1) for _ in range(3)]} if levels else told

    def project(self, scripts: int) -> Written:
        """Write as many scripts as are asked for, to the next ten."""
        edited = self.root
        for number in range(-(-scripts // SCRIPTS_A_FOLDER)):
            service = SERVICES[number % len(SERVICES)]
            package, within = divmod(number // len(SERVICES), FOLDERS_A_PACKAGE)
            place = self.root / "src" / service / f"package{package}"
            if within == 0:
                self.put(place / PLACE_FILE, json.dumps({"name": f"Package{package}", "tree": {"$path": "lib"}}))
            edited = place / "lib" / f"folder{within}" / "deep1" / "script1.luau"
            self.folder(place / "lib" / f"folder{within}", number)
        tree = {name: {"$path": f"src/{name}"} for name in SERVICES}
        self.put(self.root / PLACE_FILE, json.dumps({"name": "Game", "tree": {"$className": "DataModel", **tree}}))
        return Written(self.root, self.files, self.scripts, edited)


def write(root: Path, scripts: int, *, seed: int = DEFAULT_SEED) -> Written:
    """Write a project of about this many scripts below the new folder `root`."""
    return Writer(root, seed).project(scripts)
