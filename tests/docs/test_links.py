"""What a page points at is there."""

import re
from pathlib import Path

import pytest

from gates.tree import ROOT, files
from tests.docs.pages import anchors, code_spans, links, pages

TOP_FOLDERS = {path.partition("/")[0] for path in files() if "/" in path}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file) if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert not broken, f"{named(page)} links to what is not there: {', '.join(broken)}"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """A code span that begins with one of our folders is a path; `*` and `<name>` stand for any name."""
    gone = []
    for span in code_spans(page):
        pattern = re.sub(r"<\w+>", "*", span)
        if pattern.partition("/")[0] in TOP_FOLDERS and re.fullmatch(r"[\w.*-]+/[\w./*-]*", pattern):
            gone += [] if list(ROOT.glob(pattern)) else [span]

    assert not gone, f"{named(page)} names what is not there: {', '.join(gone)}"


def test_the_pages_have_links_and_paths_to_look_at() -> None:
    assert sum(len(list(links(page))) for page in pages()) >= 10
    assert "gates" in TOP_FOLDERS
