"""A project that is a folder, and what is wrong with one."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from core_rs import Diagnostic, Project
from tests.rojo.case import Content, write

PROJECT = '{"name": "Project", "tree": {"$path": "src"}}'


def folder_project(root: Path, files: Mapping[str, Content]) -> Path:
    """Write a project whose tree is its folder `src`, and return that folder."""
    write(root / "default.project.json", PROJECT)
    (root / "src").mkdir()
    for path, content in files.items():
        write(root / "src" / path, content)
    return root / "src"


def errors(opened: Project) -> list[Diagnostic]:
    return [found for found in opened.diagnostics if found.severity == "error"]


def names(found: Iterable[Diagnostic]) -> list[str]:
    return [Path(one.path).name for one in found]
