"""The programs that this one stands on."""

import warnings
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from bridge.check_result import Verdict
from bridge.cli.checks.runtime import check_core, check_python, check_sqlite, check_uvloop


def modules(**found: object) -> Callable[[str], object]:
    def load(name: str) -> object:
        try:
            return found[name.replace(".", "_")]
        except KeyError:
            raise ImportError(f"no {name}") from None

    return load


@pytest.mark.parametrize(
    ("version", "verdict"), [((3, 11, 0), Verdict.OK), ((3, 14, 1), Verdict.OK), ((3, 10, 9), Verdict.FAIL)]
)
def test_python_must_be_new_enough(version: tuple[int, ...], verdict: Verdict) -> None:
    assert verdict == check_python(version).verdict


@pytest.mark.parametrize(
    ("version", "verdict"),
    [((3, 51, 0), Verdict.OK), ((3, 40, 0), Verdict.OK), ((3, 39, 4), Verdict.WARN), ((3, 34, 1), Verdict.FAIL)],
)
def test_sqlite_must_be_new_enough(version: tuple[int, ...], verdict: Verdict) -> None:
    assert verdict == check_sqlite(version).verdict


def test_the_core_of_this_machine_is_fit() -> None:
    assert Verdict.OK == check_core().verdict


def test_a_core_that_cannot_be_imported_is_told_with_the_reason_and_the_cure() -> None:
    found = check_core(modules())

    assert Verdict.FAIL == found.verdict
    assert "no core_rs" in found.seen
    assert "make build" in found.cure


def test_a_stale_core_says_so_itself() -> None:
    def load(_name: str) -> object:
        raise ImportError("the core is older than its sources")

    assert "older than its sources" in check_core(load).seen


def test_a_debug_build_is_warned_of_without_its_own_warning() -> None:
    def load(name: str) -> object:
        warnings.warn("slow", RuntimeWarning, stacklevel=1)
        return SimpleNamespace(DEBUG_BUILD=True, SOURCES_DIGEST="0" * 64, __name__=name)

    assert Verdict.WARN == check_core(load).verdict


@pytest.mark.parametrize(
    ("platform", "implementation", "found", "verdict"),
    [
        ("linux", "CPython", modules(uvloop=object()), Verdict.OK),
        ("linux", "CPython", modules(), Verdict.WARN),
        ("darwin", "CPython", modules(), Verdict.WARN),
        ("win32", "CPython", modules(), Verdict.OK),
        ("linux", "PyPy", modules(), Verdict.OK),
    ],
)
def test_uvloop_is_missed_only_where_it_is_used(
    platform: str, implementation: str, found: Callable[[str], object], verdict: Verdict
) -> None:
    assert verdict == check_uvloop(platform, implementation, found).verdict
