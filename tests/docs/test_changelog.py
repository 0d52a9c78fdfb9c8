"""CHANGELOG.md keeps the form of Keep a Changelog, so that people and programs find what they look for."""

import re

from gates.tree import ROOT
from tests.docs.pages import sections, text

GROUPS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
RELEASE = re.compile(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})")


def test_what_is_not_released_stands_first_and_releases_follow_the_newest_first() -> None:
    titles = list(sections("CHANGELOG.md"))

    assert "[Unreleased]" == titles[0]
    releases = [RELEASE.fullmatch(title) for title in titles[1:]]
    assert all(releases), titles
    numbers = [tuple(map(int, found[1].split("."))) for found in releases if found]
    assert sorted(numbers, reverse=True) == numbers


def test_entries_stand_in_the_known_groups_and_no_group_is_empty() -> None:
    for title, body in sections("CHANGELOG.md").items():
        groups = re.split(r"^### (.+)$", body, flags=re.MULTILINE)
        assert groups[0].strip() == "", f"{title} has text outside of a group"
        assert set(groups[1::2]) <= set(GROUPS), title
        for name, entries in zip(groups[1::2], groups[2::2], strict=True):
            lines = entries.strip().splitlines()
            assert lines, f"{title}, {name} is empty"
            assert all(line.startswith(("- ", "  ")) for line in lines), f"{title}, {name} has a line that is no entry"


def test_the_newest_release_is_not_ahead_of_the_version() -> None:
    version = re.search(r'^version = "([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    released = RELEASE.findall(text("CHANGELOG.md"))

    assert version is not None
    assert not released or tuple(map(int, released[0][0].split("."))) <= tuple(map(int, version[1].split(".")))
