"""The words of the Makefile: each has a line of help and a place in the pages, and no page names another."""

import re
import subprocess

import pytest

from gates.tree import ROOT
from tests.docs.pages import pages, text

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PHONY = set(re.findall(r"^\.PHONY: ([a-z].*)$", MAKEFILE, re.MULTILINE)[0].split()) - {"always"}
HELPED = set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE))
# In prose "make" is mostly the verb, so only code counts: a line of a block, or a span.
NAMED = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)


def test_every_target_has_its_line_of_help() -> None:
    assert len(PHONY) > 10
    assert PHONY == HELPED


def test_help_lists_every_target_and_is_what_make_alone_says() -> None:
    said = subprocess.run(("make",), cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert PHONY == set(re.findall(r"^  make ([a-z-]+) ", said, re.MULTILINE))
    assert said == subprocess.run(("make", "help"), cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("page", [*(page.relative_to(ROOT).as_posix() for page in pages()), ".ci/run"])
def test_a_page_names_only_targets_that_exist(page: str) -> None:
    assert set() == set(NAMED.findall(text(page))) - PHONY


@pytest.mark.parametrize("target", sorted(PHONY - {"proof-tests"}))
def test_every_target_is_explained_in_the_readme_or_in_contributing(target: str) -> None:
    assert target in NAMED.findall(text("README.md") + text("CONTRIBUTING.md"))


def test_continuous_integration_runs_test_and_check_and_nothing_else() -> None:
    commands = [line for line in text(".ci/run").splitlines() if line and not line.startswith(("#", "set ", "cd "))]

    assert ["make test", "make check"] == commands
