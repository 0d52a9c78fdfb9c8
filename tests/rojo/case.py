"""A project as files, and what a builder made of it."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

# The folder that a case's paths start from; beside it may lie what `..` leads to.
PROJECT: Final = "project"
MODELS: Final = ("rbxm", "rbxmx")
PLACES: Final = ("rbxl", "rbxlx")


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class Model:
    """A binary file of the instances of these XML models: it is made when a case is recorded."""

    xmls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with nothing in it."""


Content = str | bytes | Link | Model | Folder
Files = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Case:
    """What lies in a folder, and the path of it that a person names to build it."""

    name: str
    files: Files
    named: str = ""
    kinds: tuple[str, ...] = field(default=MODELS)

    def write(self, house: Path) -> Path:
        """Write the files below a folder that is there, and return what is to be built."""
        project = house / PROJECT
        project.mkdir()
        for path, content in self.files.items():
            write(project / path, content)
        return project / self.named


def write(path: Path, content: Content) -> None:
    """Write one file, folder or link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    match content:
        case str():
            path.write_bytes(content.encode())
        case bytes():
            path.write_bytes(content)
        case Link(target):
            path.symlink_to(target)
        case Folder():
            path.mkdir()
        case Model():
            raise TypeError(f"{path.name} was not made")


def shown(files: Files) -> dict[str, Any]:
    """Return files as JSON holds them."""
    told: dict[str, Any] = {}
    for path, content in files.items():
        match content:
            case str():
                told[path] = content
            case bytes():
                told[path] = {"base64": base64.b64encode(content).decode()}
            case Link(target):
                told[path] = {"link": target}
            case Folder():
                told[path] = {"folder": True}
            case Model():
                raise TypeError(f"{path} was not made")
    return told


def files_of(told: Mapping[str, Any]) -> dict[str, Content]:
    """Read what `shown` made."""
    files: dict[str, Content] = {}
    for path, content in told.items():
        if isinstance(content, str):
            files[path] = content
        elif "base64" in content:
            files[path] = base64.b64decode(content["base64"])
        else:
            files[path] = Link(content["link"]) if "link" in content else Folder()
    return files


def project(tree: Mapping[str, Any], /, **keys: object) -> str:
    """Return the text of a project file."""
    return json.dumps({"name": "Project", **keys, "tree": tree}, ensure_ascii=False)


def of_folder(files: Files, **keys: object) -> dict[str, Content]:
    """Return a project that is the folder `src`, with these files in it."""
    within = {f"src/{path}": content for path, content in files.items()}
    return {"default.project.json": project({"$path": "src"}, **keys), **within}


def of_tree(tree: Mapping[str, Any], files: Files | None = None, /, **keys: object) -> dict[str, Content]:
    """Return a project of this tree, with files beside it."""
    return {"default.project.json": project(tree, **keys), **(files or {})}


def text(value: object) -> str:
    """Return a JSON file."""
    return json.dumps(value, ensure_ascii=False)


def numbered(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return cases as they are, and refuse two of one name."""
    kept = tuple(cases)
    names = [case.name for case in kept]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two cases have one name: {sorted(repeated)}")
    return kept


def raw_model(class_name: str, /, **properties: object) -> str:
    """Return a model file of one instance."""
    return json.dumps({"className": class_name, "properties": properties}, ensure_ascii=False)
