"""Which folders are watched."""

from bridge.cli.project.watching import tops


def test_a_folder_is_watched_with_all_that_is_below_it() -> None:
    assert ["/a", "/b/c"] == tops(["/b/c", "/a/d/e", "/a", "/a/d", "/b/c/d"])


def test_a_name_that_begins_with_another_is_not_below_it() -> None:
    assert ["/a", "/a b", "/ab"] == tops(["/ab", "/a", "/a b", "/a/c"])


def test_of_no_folders_none_is_watched() -> None:
    assert [] == tops([])
