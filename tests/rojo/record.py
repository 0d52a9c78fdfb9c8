"""Writes tests/contract/rojo: every written case, with what the real Rojo makes of it.

`python -P -m tests.rojo.record` makes all anew, and `python -P -m tests.rojo.record values` one file of them.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from gates import rojo
from tests.rojo import written
from tests.rojo.case import PROJECT, Case, Content, Files, Model, numbered, of_tree, shown
from tests.rojo.dom import Reader, UnreadableError, reader
from tests.rojo.real import Rojo

RECORDED: Final = Path(__file__).resolve().parents[1] / "contract" / "rojo"


def topics() -> list[str]:
    """Every module of cases beside this one."""
    return sorted(path.stem for path in Path(written.__path__[0]).glob("*.py") if path.stem != "__init__")


def cases(topic: str) -> tuple[Case, ...]:
    """Return the cases of a module."""
    found: tuple[Case, ...] = import_module(f"tests.rojo.written.{topic}").CASES
    return numbered(found)


def recorded(case: Case, files: Files, real: Rojo, read: Reader) -> dict[str, Any]:
    """Build a case in each of its formats: a few things are refused in one of them alone."""
    told: dict[str, Any] = {"case": case.name, "files": shown(files)}
    if case.named:
        told["named"] = case.named
    with tempfile.TemporaryDirectory(prefix="tbx-rojo-") as name:
        house = Path(name)
        project = Case(case.name, files, case.named).write(house)
        for kind in case.kinds:
            output = house / f"built.{kind}"
            said = real.build(project, output)
            if said.is_refusal:
                told.setdefault("refused", []).append(kind)
                if said.is_crash:
                    told["crashed"] = True
                continue
            try:
                keep(told.setdefault("built", []), kind, read.roots(output))
            except UnreadableError:
                # It writes control characters into XML, which has no word for them.
                told.setdefault("unreadable", []).append(kind)
        for key, everything in (("sourcemap", False), ("whole_sourcemap", True)):
            found = real.sourcemap(project, house / "map", folder=house / PROJECT, everything=everything)
            if found is not None:
                told[key] = found
    return told


def keep(trees: list[dict[str, Any]], kind: str, roots: list[Any]) -> None:
    """Keep what was built; formats that hold the same share it."""
    for tree in trees:
        if tree["roots"] == roots:
            tree["kinds"].append(kind)
            return
    trees.append({"kinds": [kind], "roots": roots})


def made(files: Files, real: Rojo) -> dict[str, Content]:
    """Make the binary models of a case: Rojo writes them from their XML."""
    kept: dict[str, Content] = {}
    for path, content in files.items():
        kept[path] = _binary(content.xmls, real) if isinstance(content, Model) else content
    return kept


def _binary(xmls: Sequence[str], real: Rojo) -> bytes:
    with tempfile.TemporaryDirectory(prefix="tbx-rojo-") as name:
        house = Path(name)
        named = {f"{number}.rbxmx": xml for number, xml in enumerate(xmls)}
        tree = {"$className": "DataModel", **{path: {"$path": path} for path in named}}
        project = Case("", of_tree(tree, named)).write(house)
        said = real.build(project, house / "it.rbxl")
        if said.is_refusal:
            raise ValueError(said.output)
        return (house / "it.rbxl").read_bytes()


def written_as(topic: str, real: Rojo, read: Reader) -> Iterator[str]:
    """Return the lines of a file of recorded cases, a case a line: what changes is seen in a comparison of texts."""
    yield "["
    told = [recorded(case, made(case.files, real), real, read) for case in cases(topic)]
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in told]
    yield ",\n".join(lines)
    yield "]"


def main(names: list[str]) -> int:
    """Record the named topics, or all."""
    real = Rojo(rojo.program())
    RECORDED.mkdir(exist_ok=True)
    with reader() as read:
        for topic in names or topics():
            lines = "\n".join(written_as(topic, real, read))
            (RECORDED / f"{topic}.json").write_text(f"{lines}\n", "utf-8")
            print(f"{topic}: {len(cases(topic))} cases, {len(lines) / 1000:.0f} kB")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
