"""The Markdown of the project, as the tests beside this file read it."""

import re
from collections.abc import Iterator
from pathlib import Path

from gates.tree import ROOT, files

DOCS = ROOT / "docs"
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown page; none at all would make each walk over them prove nothing."""
    found = [ROOT / path for path in files("*.md")]
    assert len(found) >= 6
    return found


def text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", path.read_text("utf-8"))


def sections(page: str) -> dict[str, str]:
    """The text below each heading of the second rank."""
    parts = re.split(r"^## (.+)$", text(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(markdown: str) -> dict[str, list[str]]:
    """The rows of the tables of a text by their first cell, without the headings and the ruler."""
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in markdown.splitlines()]
    tables = [cells for cells in lines if len(cells) > 1]
    rulers = [number for number, cells in enumerate(tables) if set("".join(cells)) <= set(":- ")]
    kept = [cells for number, cells in enumerate(tables) if number not in rulers and number + 1 not in rulers]
    return {cells[0].strip("`"): cells for cells in kept}


def anchors(path: Path) -> set[str]:
    """What a link into a page may name: its headings, in the spelling that forges give them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links(path: Path) -> Iterator[str]:
    """The targets of the links of a page."""
    yield from re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose(path))


def code_spans(path: Path) -> Iterator[str]:
    """What stands between single backticks."""
    yield from re.findall(r"`([^`\n]+)`", prose(path))
